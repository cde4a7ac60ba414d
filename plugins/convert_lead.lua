-- A qualified lead becomes customer, contact and opportunity; its activities go along, so that
-- the history stays in one place. A customer of that name is used, not made twice.

action {
  name = "convert_lead",
  label = { en = "Convert", zh = "转化线索" },
  form = "lead",
  visible = "stage = 'qualified'",
  params = {
    deal = { type = "text", label = { en = "Name of the deal", zh = "商机名称" } },
  },
  run = function(lead, p)
    local name = lead.company or lead.name
    local customer = get("customer", { name = name })
    local found = customer ~= nil
    if not found then
      customer = create("customer", {
        name = name, industry = lead.industry or "other", region = lead.region,
        address = lead.city and { city = lead.city },
        source = lead.source, owner = lead.owner, phone = lead.mobile,
        segment = lead.company and "sme" or "person",
      })
    end
    local contact = create("contact", {
      name = lead.name, customer = customer, mobile = lead.mobile, email = lead.email, main = not found,
    })
    local deal = create("opportunity", {
      name = p.deal or (name .. " " .. format_date(today(), "yyyy-mm")), customer = customer,
      contact = contact, owner = lead.owner, source = lead.source, need = lead.need,
      budget = lead.budget, next_follow_up = lead.next_follow_up,
    })
    for activity in find("activity", "lead = :lead", { lead = lead }) do
      update(activity, { customer = customer, contact = contact, opportunity = deal })
    end
    update(lead, { customer = customer, opportunity = deal })
    transition(lead, "convert")
    explain({ en = "converted to %s%s, deal “%s”", zh = "已转化为客户 %s%s，商机“%s”" }, customer.name,
      found and { en = " (already a customer)", zh = "（已有客户）" } or "", deal.name)
    return deal
  end,
}
