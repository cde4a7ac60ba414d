local t = {}
G = 5
local checks = {}
local function same(a, b)
  if type(a) == "table" and type(b) == "table" then
    for k, v in pairs(a) do if not same(v, b[k]) then return false end end
    for k in pairs(b) do if a[k] == nil then return false end end
    return true
  end
  return a == b
end
local function is(name, got, want)
  if not same(got, want) then
    local g = type(got)=="table" and json.encode(got) or tostring(got)
    local w = type(want)=="table" and json.encode(want) or tostring(want)
    t[#t+1] = name .. ": got " .. g .. " (" .. math.type(got or "") and name .. ": got " .. g .. " want " .. w
  end
end
on("note.before_create", function(n, old)
  if n.mode ~= "probe" then return end
  t = {}
  is("old", old, nil)
  is("n", n.n, 1.5) is("whole", n.whole, 3) is("wholetype", math.type(n.whole), "integer") is("ntype", math.type(n.n), "float")
  is("day", n.day, "2026-03-02") is("at", n.at, "2026-03-02T01:00:00Z") is("yes", n.yes, true)
  is("kinds", n.kinds, {"a","b"}) is("rows", #n.rows, 2) is("rows1", n.rows[1].p, "x") is("secret", n.secret, nil)
  is("owner", n.owner.login, "li") is("walk", n.owner.manager.login, "boss") is("title", n.owner.title, "Li Wei") is("id", n.id, nil)
  is("me", me().login, "li")
  is("users role", #users{role="sales"}, 3)
  is("users role through", #users{role="sales", roles_of=true}, 4)
  is("users dep", #users{department="West"}, 4)
  is("users active", #users{active=true, role="manager"}, 1)
  is("today", today(), "2026-03-02") is("now", now(), "2026-03-02T01:00:00Z")
  is("add_days", add_days("2026-02-27", 3), "2026-03-02") is("add_days2", add_days(now(), 1), "2026-03-03T01:00:00Z")
  is("add_workdays", add_workdays("2026-09-30", 1), "2026-10-08")
  is("add_workdays2", add_workdays("2026-10-09", 1), "2026-10-10")
  is("parse", parse_date("2.3.2026"), "2026-03-02") is("parse2", parse_date("xx"), nil)
  is("format", format("%d-%s", 3, "a"), "3-a")
  is("split", text.split("a,b", ","), {"a","b"}) is("trim", text.trim("  中 "), "中")
  is("json", json.decode(json.encode({a={1,2}})), {a={1,2}})
  is("count", count("deal"), 0)
  is("sum", sum("deal", "discount"), 0)
  is("get", get("deal", 99), nil)
  is("get by", get("user", {login="boss"}).name, "Boss Man")
  is("contains", contains({"a"}, "a"), true)
  is("pcall fail", pcall(function() create("deal", {kind="none"}) end), false)
  is("global write", pcall(function() NEWG = 1 end), false)
  is("global write2", pcall(function() G = 1 end), false)
  is("G", G, 5)
  is("string frozen", pcall(function() string.x = 1 end), false)
  is("text frozen", pcall(function() text.x = 1 end), false)
  for _, k in ipairs{"load","loadfile","dofile","require","collectgarbage","xpcall","os","io","debug","coroutine","package"} do is(k, _ENV[k], nil) end
  is("dump", string.dump, nil)
  is("gc", pcall(setmetatable, {}, {__gc=function() end}), false)
  is("gsub", (("abc"):gsub("b", "x")), "axc")
  n.result = #t == 0 and "fine" or table.concat(t, "\n")
end)
on("note.after_create", function(n)
  if n.mode == "chain" then
    local d = create("deal", {name = "D " .. n.title, kind = "pharma", owner = n.owner, source="web", items = {{product="p", qty=2}}})
    transition(d, "go_owner")
    d = update(d, {discount = 9})
    n = update(n, {deal = d})
    local got = {}
    for x in find("deal", "owner = :who and discount > :d", {who = n.owner, d = 5}, {sort = "-id", limit = 3}) do got[#got+1] = x.name .. x.stage .. tostring(x.stage_status) end
    update(n, {result = table.concat(got, ",") .. count("deal", "name contains 'D'") .. " " .. tostring(sum("deal", "discount"))})
    explain("chained %s of %d", d.name, 1)
  end
  if n.mode == "asuser" then
    local ok, e = pcall(as_user, function() return update(get("deal", {name="Boss deal"}) or fail("cannot see"), {note="x"}) end)
    local mine = as_user(function() return count("note") end)
    update(n, {result = tostring(ok) .. " " .. tostring(mine) .. "/" .. tostring(count("note"))})
  end
  if n.mode == "fail" then fail("title", "not this title") end
  if n.mode == "fail2" then fail("nothing at all") end
  if n.mode == "bad" then create("deal", {name = "left over", kind="saas"}); local x = nil; return x.y end
  if n.mode == "loop" then while true do pcall(function() while true do end end) end end
  if n.mode == "remind" then
    remind(n, {at = add_days(now(), 3), to = n.owner, text = "R " .. n.title})
    remind(n, {at = "2026-03-06", to = {n.owner, n.owner.manager}, text = "DAY " .. n.title})
    notify(n.owner, "N " .. n.title, n)
    email{to = n.owner, subject = "s", text = "t"}
  end
  if n.mode == "rot" then
    local w = {}
    for i = 1, 8 do w[i] = rotate("k", users{department="West"}).login end
    local x = {}
    local u = users{department="West"}
    for i = 1, 8 do x[i] = rotate("kw", {u[1], u[2]}, {3, 1}).login end
    update(n, {result = table.concat(w, " ") .. "|" .. table.concat(x, " ") .. "|" .. least_open(u, "deal").login})
    store.set("a", {x = 1}); 
    if store.get("a").x ~= 1 or store.get("zz") ~= nil then fail("store") end
  end
end)
on("note.committed", function(n, old)
  if n.mode == "committed" and not old then update(n, {result = "committed " .. tostring(me() and me().login)}) end
end)
on("note.before_update", function(n, old) if n.mode == "upd" and old.title ~= n.title then n.result = old.title .. ">" .. n.title end end)
on("note.before_delete", function(n) if n.mode == "keep" then fail("keep it") end end)
on("note.after_delete", function(n) if n.mode == "del" then create("note", {title = "deleted " .. n.title}) end end)
on("deal.entered.won", function(d, old) update(d, {flag = true}) end)
on("deal.left.lead", function(d, old) notify(d.owner, "left lead " .. d.name .. " from " .. old.stage) end)
on("deal.before_transition.win", function(d, old) if d.note == "stop" then fail("note", "stopped") end; d.quoted_on = "2020-01-01" end)
on("message", function(m) if m.text == "N ping" then create("note", {title = "msg " .. m.text .. " to " .. m.to.login .. " " .. m.kind .. " " .. (m.record and m.record.title or "-")}) end end)
every("0 9 * * 1-5", "morning", function()
  if me() ~= nil then fail("me in timer") end
  store.set("mornings", (store.get("mornings") or 0) + 1)
  create("note", {title = "morning " .. store.get("mornings") .. " " .. today()})
end)
action{ name = "shout", label = {en="Shout", zh="喊"}, form = "note", params = {loud = {type="number", required=true}, who = {type="user"}},
  run = function(n, p) update(n, {result = "loud " .. p.loud .. " " .. math.type(p.loud) .. (p.who and p.who.login or "")}) end }
action{ name = "only", label = {en="Only", zh="仅"}, form = "deal", visible = "stage.status = 'open' and name = 'x'", run = function(d) update(d, {discount=3}) end }
action{ name = "stars", label = {en="Stars", zh="星级"}, form = "visit", params = {n = {type="number", required=true}},
  run = function(v, p) update(v, {score = p.n, mood = p.n == 1 and 1 or nil, remark = (v.place and v.place.city or "?") .. " " .. tostring(v.lasts) .. " " .. tostring(v.starts), spot = {lat = 1.5, lon = 2}}) end }
on("visit.before_create", function(v) if v.name == "by rule" then
  v.place = {city = (v.place and v.place.city or "no") .. "!", country = "Peru"}; v.lasts = "2h"; v.starts = "08:30"; v.score = 5; v.spot = nil
end end)
