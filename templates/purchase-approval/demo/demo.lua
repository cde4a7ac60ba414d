-- Three departments, two months of requests at every stage. random() is seeded: always the same.

local DAYS = 60
local start = add_days(today(), -DAYS)
local function day(n) return add_days(start, n) end
local function at(n, hour) return string.format("%sT%02d:00:00+08:00", day(n), hour) end

local department, person = {}, {}
for _, name in ipairs { "研发部", "市场部", "行政部" } do department[name] = create("department", { name = name }) end
for _, p in ipairs {
  { "gao", "高远", { "executive" } }, { "he", "何清", { "employee" }, "研发部", "gao" }, { "liang", "梁雪", { "employee" }, "市场部", "gao" },
  { "xia", "夏敏", { "employee" }, "行政部", "gao" }, { "lin", "林涛", { "employee" }, "研发部", "he" }, { "song", "宋佳", { "employee" }, "研发部", "he" },
  { "qiao", "乔木", { "employee" }, "市场部", "liang" }, { "cai", "蔡勇", { "buyer" }, "行政部", "xia" }, { "jin", "金玲", { "finance" }, "行政部", "gao" },
  { "admin", "系统管理员", { "admin" } },
} do
  person[p[1]] = create("user", { login = p[1], name = p[2], roles = p[3], email = p[1] .. "@example.com", active = true,
    department = p[4] and department[p[4]], manager = p[5] and person[p[5]], language = "zh" })
  password(p[1])
end
update(department["研发部"], { head = person.he })
update(department["市场部"], { head = person.liang })
update(department["行政部"], { head = person.xia })

clock(at(0, 8))
local year = tonumber(string.sub(today(), 1, 4))
local budget = {}
for name, amount in pairs { ["研发部"] = 300000, ["市场部"] = 120000, ["行政部"] = 80000 } do
  budget[name] = create("budget", { name = year .. " 年" .. name .. "采购", department = department[name], year = year, amount = amount })
end
local suppliers = {}
for i, s in ipairs {
  { "上海启明信息技术有限公司", { "it" } }, { "杭州嘉禾办公用品有限公司", { "office" } }, { "苏州汇通印刷有限公司", { "services" } },
  { "南京德润设备有限公司", { "it", "office" } }, { "宁波远航会展服务有限公司", { "services" } },
} do
  local row = create("supplier", { name = s[1], goods = s[2], contact = pick { "王经理", "李经理", "陈经理" }, phone = string.format("1380000%04d", i * 37),
    email = "sales" .. i .. "@example.com", account = "62220212345678" .. (10 + i), rating = 2 + random(3), approved = i < 5 })
  if i < 5 then table.insert(suppliers, row) end
end

local wishes = {
  { "lin", "研发部", "测试服务器扩容", "服务器", 2, 9800 }, { "song", "研发部", "开发笔记本更新", "笔记本电脑", 3, 7200 }, { "lin", "研发部", "27 寸显示器", "显示器", 4, 1650 },
  { "qiao", "市场部", "春季展会物料", "展架与背景板", 6, 1200 }, { "qiao", "市场部", "产品手册印刷", "产品手册", 2000, 4.5 }, { "song", "研发部", "示波器", "数字示波器", 1, 8600 },
  { "cai", "行政部", "办公椅更换", "人体工学椅", 8, 780 }, { "lin", "研发部", "人体工学键盘", "键盘", 5, 460 }, { "qiao", "市场部", "客户礼品", "茶礼盒", 60, 128 },
  { "cai", "行政部", "打印机耗材", "硒鼓", 12, 320 }, { "song", "研发部", "云桌面终端", "瘦客户机", 6, 2300 }, { "qiao", "市场部", "摄影灯光", "补光灯套装", 2, 1880 },
  { "lin", "研发部", "机房空调维修", "维修服务", 1, 5600 }, { "cai", "行政部", "会议室投影仪", "投影仪", 1, 6900 },
}
local reasons = { "现有设备已超过使用年限", "新员工入职需要", "项目上线前必须到位", "库存不足一个月用量" }
for i = 1, 26 do
  local w = wishes[(i - 1) % #wishes + 1]
  local n = i * 2 + 4
  local fate = i > 22 and i - 22 or 5 + i % 6                 -- the latest ones are still under way
  clock(at(n, 9))
  become(w[1])
  local request = create("request", { subject = w[3], department = department[w[2]], budget = budget[w[2]], needed_by = day(n + 12 + random(10)),
    reason = pick(reasons), items = { { article = w[4], quantity = w[5], price = w[6] } } })
  if fate > 1 then transition(request, "submit") end
  become()
  if fate > 2 then consent("request", request.id) end
  if fate > 3 then
    clock(at(n + 2, 10))
    become("cai")
    transition(request, "order", { supplier = pick(suppliers), expected_on = day(n + 8 + random(4)) })
    become()
  end
  if fate > 4 and n + 8 < DAYS then
    clock(at(n + 8, 14))
    create("receipt", { request = request, received_by = person[w[1]], complete = true })
    if fate > 5 and n + 14 < DAYS then
      clock(at(n + 14, 15))
      local amount = w[5] * w[6]
      transition(request, "pay", { invoice_number = string.format("24%06d", i * 7919), invoice_amount = amount, paid_on = day(n + 14) })
    end
  end
end
