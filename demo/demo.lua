-- A believable company, made through the same write path as people's work: three departments,
-- twelve people and the administrator, eighteen months of leads, customers, deals and talks. Each day of those months
-- is one batch; what happens to a lead or a deal is drawn when it appears and then takes place
-- on the days that follow. random() is seeded: the company is always the same one.

local DAYS = 540
local LEADS, EARLY_CUSTOMERS, REPEAT_DEALS = 2000, 110, 410

-- people --------------------------------------------------------------------------------------
local departments = {
  { key = "east", name = "华东区" }, { key = "north", name = "华北区" }, { key = "south", name = "华南区" },
}
local staff = {
  { "zhou", "周建国", { "director" } },
  { "wang", "王海燕", { "head" }, "east" }, { "liu", "刘志强", { "head" }, "north" }, { "chen", "陈晓明", { "head" }, "south" },
  { "li", "李娜", { "sales" }, "east" }, { "zhang", "张伟", { "sales" }, "east" },
  { "zhao", "赵磊", { "sales" }, "north" }, { "sun", "孙丽", { "team_lead" }, "north" },
  { "wu", "吴敏", { "sales" }, "south" }, { "huang", "黄俊", { "sales" }, "south" },
  { "xu", "徐静", { "sales_ops" } }, { "ma", "马超", { "finance" } },
  { "admin", "系统管理员", { "admin" } },
}
local sellers = { east = {}, north = {}, south = {} }
local department, user_of = {}, {}

local function make_people()
  for _, d in ipairs(departments) do
    department[d.key] = create("department", { name = d.name })
  end
  for _, s in ipairs(staff) do
    local person = create("user", {
      login = s[1], name = s[2], roles = s[3], email = s[1] .. "@example.com", active = true,
      department = s[4] and department[s[4]] or nil, language = "zh",
    })
    user_of[s[1]] = person
  end
  for _, s in ipairs(staff) do
    local key = s[4]
    if key and s[3][1] == "head" then
      update(department[key], { head = user_of[s[1]] })
      update(user_of[s[1]], { manager = user_of.zhou })
    elseif key then
      local boss = key == "east" and "wang" or key == "north" and "liu" or "chen"
      update(user_of[s[1]], { manager = user_of[boss] })
      table.insert(sellers[key], user_of[s[1]])
    end
  end
end

-- words ---------------------------------------------------------------------------------------
local surnames = { "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高", "罗" }
local given = { "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超", "霞", "平", "刚", "桂英", "建华", "志远", "雨桐", "思远", "文博", "佳怡", "晓峰", "海波" }
local cities = {
  east = { "上海", "杭州", "南京", "苏州", "宁波", "合肥" }, north = { "北京", "天津", "石家庄", "济南", "青岛", "沈阳" },
  south = { "广州", "深圳", "东莞", "厦门", "长沙", "武汉" },
}
local first = { "华信", "恒泰", "博远", "金诚", "瑞康", "新宇", "中科", "天成", "鼎盛", "安泰", "云海", "启明", "德润", "远航", "嘉禾", "凯迪", "汇通", "康宁", "东方", "正元", "优能", "百川", "宏图", "星辰", "立信" }
local trade_word = {
  pharma = { "医药", "生物", "医院管理", "健康" }, software = { "软件", "科技", "信息技术", "网络" },
  manufacturing = { "机械", "电气", "精密制造", "装备" }, trade = { "商贸", "供应链", "贸易" }, other = { "咨询", "文化", "服务" },
}
local industries = { "manufacturing", "manufacturing", "pharma", "pharma", "software", "software", "trade", "other" }
local sources = { "web", "web", "web", "fair", "fair", "referral", "ad", "ad", "call" }
local needs = { "希望统一客户资料与跟进记录", "需要移动端填报与审批", "想替换现有表格管理", "要求按区域分配线索", "关注数据安全与权限", "希望与现有系统对接", "需要三个月内上线" }
local talks = { "电话沟通需求", "介绍产品方案", "回访使用情况", "确认预算与时间", "拜访决策人", "答疑与演示", "讨论报价" }
local kinds = { "call", "call", "call", "visit", "message", "meeting" }

local mobile_no, company_no = 0, 0
local function person_name() return pick(surnames) .. pick(given) end
local function mobile()
  mobile_no = mobile_no + 1
  return string.format("%s%08d", pick { "138", "139", "136", "158", "186", "177" }, (mobile_no * 7919) % 100000000)
end
local function company(city, industry)
  company_no = company_no + 1
  local name = city .. pick(first) .. pick(trade_word[industry])
  if company_no > 60 then name = name .. pick { "东", "南", "西", "北", "中", "一", "二", "新" } end
  return name .. "有限公司"
end
local used = {}
local function unique_company(city, industry)
  for _ = 1, 30 do
    local name = company(city, industry)
    if not used[name] then used[name] = true return name end
  end
  local name = city .. pick(first) .. company_no .. "号" .. pick(trade_word[industry]) .. "有限公司"
  used[name] = true
  return name
end

-- time ----------------------------------------------------------------------------------------
local start = add_days(today(), -DAYS)
local events = {}                    -- day number → list of functions
local function on_day(day, fn)
  day = math.max(1, day)
  if day > DAYS then return false end
  events[day] = events[day] or {}
  table.insert(events[day], fn)
  return true
end
local current = 0                    -- the day being lived
local function date_of(day) return add_days(start, day) end
local function moment(day, hour) return string.format("%sT%02d:%02d:00+08:00", date_of(day), hour, random(60) - 1) end

-- products ------------------------------------------------------------------------------------
local products = {}
local function make_products()
  local list = {
    { "CRM-STD", "客户管理标准版", "software", 12000, 2500 }, { "CRM-PRO", "客户管理专业版", "software", 36000, 7000 },
    { "CRM-ENT", "客户管理企业版", "software", 98000, 20000 }, { "IMP-DAY", "实施服务（人天）", "service", 2400, 1300 },
    { "SUP-YR", "年度支持服务", "service", 8800, 3000 }, { "TRN-1", "培训课程", "service", 3600, 1500 },
    { "DEV-SCAN", "移动扫码终端", "device", 2680, 1700 }, { "DEV-GW", "数据采集网关", "device", 5600, 3100 },
    { "MED-A10", "注射用头孢类 A10", "medicine", 168, 90 }, { "MED-B20", "心血管片剂 B20", "medicine", 86, 38 },
  }
  for _, p in ipairs(list) do
    table.insert(products, { trade = p[3], price = p[4],
      row = create("product", { code = p[1], name = p[2], category = p[3], list_price = p[4], cost = p[5] }) })
  end
end
local function items_for(industry)
  local items = {}
  for _ = 1, random(3) do
    local p = pick(products)
    if industry == "pharma" then p = products[8 + random(2)] end
    local many = p.trade == "medicine" and 50 * random(20) or p.trade == "device" and random(20) or p.trade == "service" and random(10) or random(3)
    table.insert(items, { product = p.row, quantity = many, price = p.price })
  end
  return items
end

-- talks and deals -----------------------------------------------------------------------------
local function talk(about, who)
  local values = { subject = pick(talks), kind = pick(kinds), assignee = who, done = true, held_on = date_of(current), result = pick(needs),
    lasted = pick { "10m", "15m", "30m", "1h", "90m" }, interest = 1 + random(4) }
  for key, record in pairs(about) do values[key] = record end
  create("activity", values)
end

local paths = {
  standard = { "talk", "confirm", "quote", "sign", "deliver" },
  pharma = { "plan_visit", "start_trial", "submit", "bid", "list" },
  software = { "show", "try", "propose", "review", "subscribe" },
}
local wins = { sign = true, list = true, subscribe = true }

-- Six in ten deals are signed on paper: for a year, or half a one.
local function new_contract(deal)
  local nth = deal.row.id
  if nth % 10 > 5 then return end
  local signed, days = current, nth % 4 == 0 and 182 or 365
  local row = create("contract", {
    customer = deal.customer, opportunity = deal.row, owner = deal.owner, amount = get("opportunity", deal.row.id).amount,
    signed_on = date_of(signed), starts_on = date_of(signed + 1), ends_on = date_of(signed + days),
  })
  transition(row, "sign")
  consent("contract", row.id)
  on_day(signed + days + 1, function() transition(row, "end") end)
end

-- What customers say two weeks later, and what some of them report.
local grades = { 10, 9, 9, 8, 10, 7, 9, 10, 6, 9, 8, 10, 4, 9, 10, 8, 9 }
local words = { "实施顺利，团队专业", "响应及时，值得推荐", "总体满意，培训可以再多些", "上线比预期晚了两周", "价格略高，但服务到位" }
local reports = { "登录后报表打不开", "导入客户时提示重复", "移动端无法上传附件", "发票抬头需要更正", "新同事账号开通", "数据采集偶有中断" }
local answers = { "已修复并验证", "已指导客户完成操作", "已更正并重新发送", "已开通并发送说明", "已更换配件" }

local function after_sale(deal)
  local nth = deal.row.id
  if nth % 5 < 3 then
    on_day(current + 14, function()
      create("survey", { customer = deal.customer, grade = grades[nth % #grades + 1], said = nth % 2 == 0 and words[nth % #words + 1] or nil })
    end)
  end
  if nth % 5 > 2 then return end
  on_day(current + 9 + nth % 30, function()
    local row = create("ticket", { subject = reports[nth % #reports + 1], customer = deal.customer, owner = deal.owner,
      priority = nth % 7 == 0 and "urgent" or "normal" })
    if nth % 11 > 0 then transition(row, "respond") end
    if current > DAYS - 14 and nth % 2 == 0 then return end                  -- still open
    on_day(current + 1 + nth % 3, function() transition(row, "solve", { answer = answers[nth % #answers + 1] }) end)
  end)
end

local live_deal
live_deal = function(deal, step)
  local path = paths[deal.path]
  if step > #path then return end
  local name = path[step]
  for planned in find("activity", "opportunity = :deal and not done", { deal = deal.row }) do
    update(planned, { done = true, held_on = date_of(current), result = pick(needs) })
  end
  talk({ opportunity = deal.row, customer = deal.customer }, deal.owner)
  if name ~= "deliver" and random(100) <= deal.loss then
    transition(deal.row, "lose", { lost_reason = pick { "price", "price", "timing", "competitor", "no_decision", "product" } })
    return
  end
  local values = {}
  if name == "talk" or name == "plan_visit" or name == "show" then
    values.next_follow_up = moment(current + 3, 10)
  elseif name == "confirm" or name == "start_trial" or name == "try" then
    values.need, values.budget = pick(needs), 10000 * (2 + random(40))
    values.expected_on = date_of(current + 30 + random(40))
  elseif wins[name] then
    values.signed_on = date_of(current)
  end
  local asks = name == "quote" and current > DAYS - 14 and random(2) == 1   -- and still waits for consent
  if name == "quote" or name == "submit" or name == "propose" then
    update(deal.row, { items = items_for(deal.industry), discount = asks and pick { 15, 20, 25 } or pick { 0, 0, 0, 5, 8, 10, 15, 20 } })
    values.expected_on = date_of(current + 15 + random(30))
  end
  transition(deal.row, name, values)
  if asks then return end
  consent("opportunity", deal.row.id)
  if wins[name] then
    new_contract(deal)
    after_sale(deal)
  end
  local next_day = current + (wins[name] and 10 or 8) + random(28)
  if not on_day(next_day, function() live_deal(deal, step + 1) end) and not wins[name] then
    update(deal.row, { next_follow_up = moment(DAYS + random(9) - 4, 10) })
  end
end

local function new_deal(customer, contact, owner, industry, name)
  local row = create("opportunity", {
    name = name, customer = customer, contact = contact, owner = owner, source = pick(sources),
    next_follow_up = moment(current + 2, 10), need = pick(needs),
  })
  local deal = { row = row, customer = customer, owner = owner, industry = industry,
    path = paths[industry] and industry or "standard", loss = 9 + random(8) }
  if not on_day(current + 2 + random(8), function() live_deal(deal, 1) end) then
    update(row, { next_follow_up = moment(DAYS + random(6) - 2, 15) })
  end
  return row
end

local customers = {}
local function new_customer(name, region, city, industry, owner, source)
  local row = create("customer", {
    name = name, region = region, address = { country = "中国", city = city }, industry = industry, owner = owner, source = source, phone = mobile(),
    segment = pick { "sme", "sme", "sme", "enterprise" }, potential = pick { "high", "medium", "medium", "low" },
  })
  local contact = create("contact", {
    name = person_name(), customer = row, mobile = mobile(), main = true, position = pick { "总经理", "采购经理", "信息主管", "销售总监", "科室主任" },
    role = pick { "decides", "influences", "uses", "buys" }, birthday = string.format("19%02d-%02d-%02d", 60 + random(35), random(12), random(28)),
  })
  local c = { row = row, contact = contact, owner = owner, industry = industry, deals = 0 }
  table.insert(customers, c)
  return c
end

-- leads ---------------------------------------------------------------------------------------
local function convert(lead, l)
  local name = l.company
  local c = new_customer(name, l.region, l.city, l.industry, lead.owner, lead.source)
  local deal = new_deal(c.row, c.contact, lead.owner, l.industry, name .. " " .. string.sub(date_of(current), 1, 7))
  update(lead, { customer = c.row, opportunity = deal })
  transition(lead, "convert")
end

local function new_lead(day)
  local region = pick { "east", "east", "north", "south" }
  local city, industry = pick(cities[region]), pick(industries)
  local l = { region = region, city = city, industry = industry, company = unique_company(city, industry) }
  local owner = pick(sellers[region])
  become(owner.login)
  local lead = create("lead", {
    name = person_name(), company = l.company, mobile = mobile(), source = pick(sources), region = region, city = city,
    industry = industry, need = random(3) > 1 and pick(needs) or nil, budget = random(3) == 1 and 10000 * random(30) or nil,
    owner = owner,
  })
  become()
  local fate = random(100)
  local first_talk = day + random(3)
  local soon = function() return moment(DAYS + random(12) - 5, 8 + random(9)) end
  if not on_day(first_talk, function()
    talk({ lead = lead }, owner)
    if fate <= 24 then
      transition(lead, "discard", { invalid_reason = pick { "unreachable", "no_need", "no_need", "no_budget", "wrong_data" } })
      return
    end
    transition(lead, "contact", { next_follow_up = moment(math.min(DAYS + random(5), current + 5), 10) })
    if not on_day(current + 4 + random(9), function()
      if fate <= 40 then
        talk({ lead = lead }, owner)
        transition(lead, "discard", { invalid_reason = pick { "no_need", "no_budget", "unreachable" } })
        return
      end
      talk({ lead = lead }, owner)
      if fate > 82 and current > DAYS - 200 then
        update(lead, { next_follow_up = soon() })
        return
      end
      transition(lead, "qualify", { need = pick(needs) })
      if fate > 72 and current > DAYS - 60 then update(lead, { next_follow_up = soon() }) return end
      if fate > 71 then
        on_day(current + 20 + random(20), function() transition(lead, "discard", { invalid_reason = "no_budget" }) end)
        return
      end
      on_day(current + 2 + random(8), function() convert(lead, l) end)
    end) then update(lead, { next_follow_up = soon() }) end
  end) then update(lead, { next_follow_up = soon() }) end
end

-- Sellers look after the customers that wait longest; a few are left waiting.
local function care()
  local n = 0
  for customer in find("customer", "next_contact_on < today()", {}, { sort = "next_contact_on" }) do
    if random(10) > 1 then talk({ customer = customer }, customer.owner) end
    n = n + 1
    if n == 9 then return end
  end
end

local function repeat_deal()
  if #customers == 0 then return end
  local c = pick(customers)
  c.deals = c.deals + 1
  new_deal(c.row, c.contact, c.owner, c.industry, pick { "续费", "扩容", "增购", "二期" } .. " " .. string.sub(date_of(current), 1, 7) .. "-" .. c.deals)
end

-- The days ------------------------------------------------------------------------------------
clock(moment(0, 8))
batch(function()
  make_people()
  make_products()
  for i, d in ipairs(departments) do
    create("lead_rule", { rank = i * 10, name = d.name, regions = { d.key }, department = department[d.key], method = "round_robin" })
  end
  create("lead_rule", { rank = 90, name = "其他区域", department = department.east, method = "least_open" })
end)

for _, s in ipairs(staff) do password(s[1]) end

local leads, early, deals = 0, 0, 0
for day = 1, DAYS do
  current = day
  batch(function()
    clock(moment(day, 9))
    while leads * DAYS < LEADS * day do leads = leads + 1 new_lead(day) end
    while early < EARLY_CUSTOMERS and early * 120 < EARLY_CUSTOMERS * day do
      early = early + 1
      local region = pick { "east", "north", "south" }
      local city, industry = pick(cities[region]), pick(industries)
      new_customer(unique_company(city, industry), region, city, industry, pick(sellers[region]), pick(sources))
    end
    while deals * DAYS < REPEAT_DEALS * day do deals = deals + 1 repeat_deal() end
    clock(moment(day, 14))
    local due = events[day] or {}
    for i = 1, #due do due[i]() end     -- what is due may add to later days only
    care()
    events[day] = nil
  end)
end
