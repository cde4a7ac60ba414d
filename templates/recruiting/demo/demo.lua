-- Four openings and the candidates of six weeks. random() is seeded: always the same.

local DAYS = 45
local start = add_days(today(), -DAYS)
local function day(n) return add_days(start, n) end
local function at(n, hour) return string.format("%sT%02d:00:00+08:00", day(n), hour) end

local department, person = {}, {}
for _, name in ipairs { "研发中心", "市场部", "人力资源部" } do department[name] = create("department", { name = name }) end
for _, p in ipairs {
  { "hana", "韩娜", { "hr_head" }, "人力资源部" }, { "rui", "任睿", { "recruiter" }, "人力资源部", "hana" }, { "tian", "田甜", { "recruiter" }, "人力资源部", "hana" },
  { "meng", "孟凡", {}, "研发中心" }, { "luo", "罗洁", {}, "市场部" },
  { "ding", "丁一", { "interviewer" }, "研发中心", "meng" }, { "fang", "方圆", { "interviewer" }, "研发中心", "meng" }, { "shi", "石磊", { "interviewer" }, "市场部", "luo" },
  { "admin", "系统管理员", { "admin" } },
} do
  person[p[1]] = create("user", { login = p[1], name = p[2], roles = p[3], email = p[1] .. "@example.com", active = true,
    department = p[4] and department[p[4]], manager = p[5] and person[p[5]], language = "zh" })
  password(p[1])
end

local openings = {}
clock(at(0, 9))
for _, o in ipairs {
  { "后端工程师", "研发中心", "meng", "rui", 4, 18000, 30000, "上海", "负责服务端设计与开发。\n\n- 三年以上经验\n- 熟悉 C 或 Go\n- 懂数据库" },
  { "测试工程师", "研发中心", "meng", "rui", 2, 14000, 20000, "上海", "负责自动化测试。\n\n- 会写脚本\n- 细心" },
  { "产品市场经理", "市场部", "luo", "tian", 2, 16000, 25000, "杭州", "负责产品定位与发布。\n\n- B2B 经验\n- 文笔好" },
  { "市场实习生", "市场部", "luo", "tian", 3, 3000, 4000, "杭州", "协助活动与内容。" },
} do
  local row = create("opening", { name = o[1], department = department[o[2]], manager = person[o[3]], recruiter = person[o[4]], headcount = o[5],
    salary_from = o[6], salary_to = o[7], city = o[8], profile = o[9], wanted_by = day(DAYS + 30), kind = o[6] < 5000 and "intern" or "permanent" })
  transition(row, "publish")
  consent("opening", row.id)
  table.insert(openings, { row = row, wanted = o[5], found = 0, pay = o[6], boss = o[3], recruiter = o[4] })
end
local wish = create("opening", { name = "数据分析师", department = department["市场部"], manager = person.luo, headcount = 1, city = "杭州" })
update(wish, { wanted_by = day(DAYS + 60) })

local surnames, given = { "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴" }, { "晨", "思远", "雨桐", "浩然", "佳怡", "子涵", "文博", "晓峰", "可欣", "明轩" }
local looks = { "履历匹配，表达清晰", "项目经验对口", "基础扎实，沟通积极", "有同行业经验" }
local function talk(candidate, round, who, n, score)
  create("interview", { candidate = candidate, round = round, starts_at = at(n, 9 + random(8)), interviewers = { person[who] }, place = pick { "3 楼会议室", "视频会议" },
    score = score, verdict = score and (score > 3 and "yes" or score == 3 and "maybe" or "no"), strengths = score and pick(looks),
    doubts = score and score < 3 and "与岗位要求差距较大" or nil })
end

for i = 1, 34 do
  local n, o, fate = i + 10, openings[(i - 1) % 4 + 1], random(100)
  local source = pick { "site", "site", "own", "referral", "agency", "campus" }
  clock(at(n, 10))
  local c = create("candidate", { name = surnames[(i * 7) % 10 + 1] .. given[(i * 3) % 10 + 1], opening = o.row, recruiter = person[o.recruiter], source = source,
    referrer = source == "referral" and person.ding or nil, mobile = string.format("139%08d", i * 73939), email = "c" .. i .. "@example.com", expects = o.pay + 500 * random(8) })
  local left = DAYS - n                              -- days that have passed since
  local function lost(after)
    clock(at(math.min(n + after, DAYS), 16))
    transition(c, "decline", { reason = pick { "skills", "fit", "salary" } })
  end
  if left < 3 then goto next end
  if fate < 25 then lost(1) goto next end
  clock(at(n + 1, 11))
  transition(c, "shortlist", { note = pick(looks) })
  if left < 6 then goto next end
  if fate < 40 then lost(4) goto next end
  transition(c, "interview")
  talk(c, "phone", o.recruiter, n + 3, 3 + random(2))
  if left < 9 then talk(c, "technical", "fang", DAYS + random(5), nil) goto next end
  talk(c, "technical", o.boss == "meng" and "ding" or "shi", n + 6, fate < 62 and 2 or 3 + random(2))
  if fate < 62 then lost(8) goto next end
  if fate < 78 then talk(c, "manager", o.boss, DAYS + random(4), nil) goto next end
  clock(at(n + 8, 15))
  transition(c, "propose", { salary = o.pay + 1000, starts_on = day(DAYS + 5 + random(20)) })
  consent("candidate", c.id)
  if left > 14 and fate > 86 and o.found + 1 < o.wanted then      -- the last one is still looked for
    o.found = o.found + 1
    clock(at(n + 11, 11))
    transition(c, "accept")
  end
  ::next::
end
