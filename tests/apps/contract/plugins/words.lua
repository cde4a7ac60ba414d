on("client.before_create", function(c)
  if c.name == "bad" then fail("name", {en = "not this name", zh = "不能用这个名称"}) end
  if c.name == "worse" then fail {en = "not at all", zh = "完全不行"} end
  explain({en = "taken by %s, %d%s", zh = "由%s接手，%d%s"}, "Li", 3, {en = " calls", zh = "次电话"})
  explain("{plain %s}", {en = "one", zh = "一"})
  explain("{plain}")
end)
on("client.after_create", function(c)
  if c.industry ~= "other" then return end
  notify(users{}, {en = "New " .. c.name, zh = "新 " .. c.name}, c)
  notify(users{}, format({en = "%s came", zh = "%s 来了"}, c.name), c)
  remind(c, {at = add_days(now(), 1), to = users{}, text = {en = "Ask " .. c.name, zh = "询问 " .. c.name}})
  for _, u in ipairs(users{}) do email{to = u, subject = {en = "Hello", zh = "您好"}, text = {zh = "只有中文"}} end
  email{to = "x@example.com", subject = {en = "Hello", zh = "您好"}, text = "t"}
end)
on("note.before_create", function(n) if n.mode == "cn" then notify(me(), {cn = "x"}) end end)
