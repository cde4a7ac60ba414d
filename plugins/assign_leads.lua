-- Who gets a new lead stands in forms/lead.yaml (`assign`) and in the records of lead_rule. Here is
-- what follows: a lead that nobody got is sales operations'.

on("lead.after_create", function(lead)
  if lead.owner then return end
  for _, person in ipairs(users { role = "sales_ops", active = true }) do
    notify(person, format({ en = "Lead without owner: %s", zh = "线索尚无负责人：%s" }, lead.title), lead)
  end
end)
