-- Keeping in touch: how soon to speak again depends on the customer's tier; who is late is
-- reminded, who stays late has the head told.

local interval = { A = 7, B = 30, C = 90 }   -- days between contacts, by tier
local patience = 3                           -- days late before the head hears of it

-- A finished activity sets the next contact of what it is about.
on("activity.after_save", function(activity, old)
  if not activity.done or (old and old.done) then return end
  local next_contact = activity.next_contact
  if activity.lead and next_contact then
    update(activity.lead, { next_follow_up = next_contact })
  end
  if activity.opportunity and next_contact and activity.opportunity.stage_status == "open" then
    update(activity.opportunity, { next_follow_up = next_contact })
  end
  local customer = activity.customer
  if customer then
    local days = interval[customer.tier] or interval.C
    local at = next_contact and date(next_contact) or add_days(activity.held_on, days)
    update(customer, { next_contact_on = at })
  end
end)

-- Each working morning: what is overdue, to its owner; after some days, to the head.
every("0 9 * * 1-5", "overdue_contacts", function()
  for customer in find("customer", "next_contact_on < today() and owner.active") do
    local late = days_between(customer.next_contact_on, today())
    notify(customer.owner, format({ en = "%s (tier %s) is %d days overdue for contact",
      zh = "客户 %s（%s 级）已逾期 %d 天未联系" }, customer.name, customer.tier, late), customer)
    local head = customer.owner.department and customer.owner.department.head
    if late > patience and head and head.id ~= customer.owner.id then
      notify(head, format({ en = "%s has not contacted %s, %d days overdue",
        zh = "%s 尚未联系客户 %s，已逾期 %d 天" }, customer.owner.name, customer.name, late), customer)
    end
  end
end)

every("30 9 * * 1-5", "overdue_leads", function()
  for lead in find("lead", "stage.status = 'open' and next_follow_up < now() - 1d and owner.active") do
    local boss = lead.owner.manager
    if boss then
      notify(boss, format({ en = "%s is late with the lead %s", zh = "%s 未按时跟进线索 %s" },
        lead.owner.name, lead.name), lead)
    end
  end
end)
