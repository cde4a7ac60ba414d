-- Lists in rules: users and records as proxies, words as texts; set from either.
on("bundle.before_save", function(b)
  if b.name == "read" then
    local names = {}
    for _, u in ipairs(b.team) do names[#names + 1] = u.login .. "/" .. (u.manager and u.manager.login or "-") end
    b.words = {table.concat(names, " "), #b.places .. " places", b.places[1] and b.places[1].name}
  elseif b.name == "write" then
    b.team = {get("user", {login = "li"}), b.team[1]}
    b.words = {"set", "VIP"}
    b.areas = {b.team[1].department}
  elseif b.name == "wrong" then
    b.city = "suzhou"
  elseif b.name == "rows" then
    local rows = b.rows
    for _, row in ipairs(rows) do row.marks = {#row.people .. " people"} end
    b.rows = rows
  end
end)
