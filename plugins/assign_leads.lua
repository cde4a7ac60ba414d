-- Who gets a new lead. Rules are records of the form lead_rule: people change them in the
-- page. The first rule in force, by rank, whose regions and sources fit decides; within it
-- people take turns (with weights, if members are named) or the one with the fewest open
-- leads is taken. Caps are kept. The reason is stored with the lead.

-- Empty lists fit everything.
local function fits(list, value)
  if not list or #list == 0 then return true end
  return contains(list, value)
end

-- The people of a rule with their weights: its members, else the department's salespeople.
local function candidates(rule)
  local people, weights = {}, {}
  if rule.members and #rule.members > 0 then
    for _, row in ipairs(rule.members) do
      if row.person and row.person.active then
        people[#people + 1] = row.person
        weights[#weights + 1] = row.weight
      end
    end
    return people, weights
  end
  if not rule.department then return people, weights end
  for _, person in ipairs(users { role = "sales", department = rule.department.name, active = true }) do
    people[#people + 1] = person
    weights[#weights + 1] = 1
  end
  return people, weights
end

-- Leaves out who is full; says who.
local function below_caps(rule, people, weights)
  local free, free_weights, full = {}, {}, {}
  for i, person in ipairs(people) do
    local open = count("lead", "owner = :who and stage.status = 'open'", { who = person })
    local today_new = count("lead", "owner = :who and date(created_at) = today()", { who = person })
    if open >= (rule.cap_open or 50) or today_new >= (rule.cap_day or 20) then
      full[#full + 1] = person.title
    else
      free[#free + 1] = person
      free_weights[#free_weights + 1] = weights[i]
    end
  end
  return free, free_weights, full
end

local function names(people)
  local list = {}
  for i, person in ipairs(people) do list[i] = person.title end
  return table.concat(list, ", ")
end

local function choose(rule, people, weights)
  if rule.method == "least_open" then
    return least_open(people, "lead"), { en = "fewest open leads", zh = "未结线索最少" }
  end
  return rotate("lead_rule/" .. rule.id, people, weights), { en = "next in turn", zh = "按顺序轮到" }
end

on("lead.before_create", function(lead)
  if lead.owner then
    explain({ en = "owner %s was given with the lead", zh = "创建时已指定负责人：%s" }, lead.owner.title)
    return
  end
  local person = me()
  if person and has_role(person, "sales") then
    lead.owner = person
    explain({ en = "entered by %s: stays theirs", zh = "由 %s 录入，归本人跟进" }, person.title)
    return
  end
  for rule in find("lead_rule", "active", {}, { sort = "rank,id" }) do
    if fits(rule.regions, lead.region) and fits(rule.sources, lead.source) then
      local people, weights, full = below_caps(rule, candidates(rule))
      local note = #full > 0
        and format({ en = "; full: %s", zh = "；已达上限：%s" }, table.concat(full, ", ")) or ""
      if #people > 0 then
        local chosen, how = choose(rule, people, weights)
        lead.owner = chosen
        explain({ en = "rule “%s”: %s of %s%s", zh = "规则“%s”：%s（%s）%s" }, rule.name, how, names(people), note)
        return
      end
      explain({ en = "rule “%s” fits, but nobody is free%s", zh = "规则“%s”符合，但无人可分配%s" }, rule.name, note)
    end
  end
  explain { en = "no rule found a free owner; left to sales operations", zh = "没有规则找到可分配的负责人，转交销售运营处理" }
end)

on("lead.after_create", function(lead)
  if lead.owner then
    local person = me()
    if not person or person.id ~= lead.owner.id then
      notify(lead.owner, format({ en = "New lead: %s", zh = "新线索：%s" }, lead.title), lead)
    end
    return
  end
  for _, person in ipairs(users { role = "sales_ops", active = true }) do
    notify(person, format({ en = "Lead without owner: %s", zh = "线索尚无负责人：%s" }, lead.title), lead)
  end
end)
