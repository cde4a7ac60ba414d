-- Three teams, some articles and the tickets of five weeks. random() is seeded: always the same.

local DAYS = 35
local start = add_days(today(), -DAYS)
local function day(n) return add_days(start, n) end
local function at(n, hour) return string.format("%sT%02d:%02d:00+08:00", day(n), hour, random(60) - 1) end

local department, person = {}, {}
for _, name in ipairs { "信息技术部", "销售部", "财务部" } do department[name] = create("department", { name = name }) end
for _, p in ipairs {
  { "lei", "雷鸣", { "desk_lead" }, "信息技术部" }, { "ning", "宁静", { "agent" }, "信息技术部", "lei" }, { "peng", "彭飞", { "agent" }, "信息技术部", "lei" },
  { "qin", "秦川", { "agent" }, "信息技术部", "lei" }, { "tan", "谭晶", {}, "销售部" }, { "wei", "魏东", {}, "销售部" }, { "yan", "颜如", {}, "财务部" },
  { "admin", "系统管理员", { "admin" } },
} do
  person[p[1]] = create("user", { login = p[1], name = p[2], roles = p[3], email = p[1] .. "@example.com", active = true,
    department = p[4] and department[p[4]], manager = p[5] and person[p[5]], language = "zh" })
  password(p[1])
end

clock(at(0, 8))
create("team", { name = "桌面支持", categories = { "hardware", "software" }, members = { person.ning, person.peng } })
create("team", { name = "网络与账号", categories = { "network", "access" }, members = { person.qin } })
create("team", { name = "综合服务", categories = { "other" }, members = { person.lei } })
for _, a in ipairs {
  { "VPN 无法连接的处理", "network", { "VPN", "远程" }, "1. 确认网络可以上网\n2. 重新导入证书\n3. 仍不行请联系网络组" },
  { "重置域账号密码", "access", { "密码", "账号" }, "打开自助门户，选择“忘记密码”，按提示验证手机。" },
  { "打印机卡纸", "hardware", { "打印机", "卡纸" }, "打开后盖，沿出纸方向缓慢抽出纸张。" },
  { "安装办公软件", "software", { "安装", "办公软件" }, "在软件中心搜索后点击安装，无需管理员权限。" },
} do
  local row = create("article", { title = a[1], category = a[2], keywords = a[3], body = a[4], author = person.ning })
  transition(row, "publish")
  consent("article", row.id)
end
create("article", { title = "会议室投屏指南", category = "hardware", body = "待补充图片", author = person.peng })

local asked = {
  { "VPN 连不上", "network", "high" }, { "忘记密码无法登录", "access", "normal" }, { "三楼打印机卡纸", "hardware", "normal" }, { "需要安装绘图软件", "software", "normal" },
  { "财务系统打不开", "software", "urgent" }, { "笔记本电池鼓包", "hardware", "high" }, { "申请共享盘权限", "access", "normal" }, { "会议室无线太慢", "network", "normal" },
  { "邮箱容量已满", "software", "normal" }, { "新员工入职配电脑", "hardware", "normal" }, { "显示器花屏", "hardware", "high" }, { "咨询报销系统流程", "other", "normal" },
}
local answers = { "已远程处理，恢复正常", "更换配件后正常", "权限已开通", "按知识文章操作后解决", "重启服务后恢复" }
for i = 1, 60 do
  local n = math.floor(i * DAYS / 61) + (i > 56 and 1 or 0)
  local q = asked[(i * 5) % #asked + 1]
  clock(at(n, 8 + random(3)))
  become(pick { "tan", "wei", "yan" })
  local ticket = create("ticket", { subject = q[1], category = q[2], priority = q[3], details = "从今天上午开始出现，请协助处理。" })
  become()
  if i < 57 or i % 2 == 0 then
    clock(at(n, 11))
    transition(ticket, "take")
  end
  if i < 52 then
    clock(at(n + (random(3) == 1 and 1 or 0), 15))
    transition(ticket, "solve", { solution = pick(answers) })
    if random(12) == 1 then
      clock(at(n + 1, 16))
      transition(ticket, "reopen")
      clock(at(n + 1, 17))
      transition(ticket, "solve")
    end
    if i < 45 then
      clock(at(n + 2, 9))
      update(ticket, { stars = pick { 5, 5, 4, 4, 3 } })
      transition(ticket, "confirm")
    end
  elseif i == 53 then update(ticket, { on_hold = true }) end
end
