/* links: def */
#include "test_support.h"
#include "test_app.h"

static const char form_text[] =
    "form: item\n"
    "fields:\n"
    "  name: {type: text, min: 2, max: 5, pattern: '[A-Za-z ]+'}\n"
    "  story: {type: longtext}\n"
    "  email: {type: email}\n"
    "  phone: {type: phone, mask: '###****####'}\n"
    "  site: {type: url}\n"
    "  count: {type: number, min: -5, max: 1000000, unit: kg}\n"
    "  price: {type: money}\n"
    "  dollars: {type: money, currency: USD}\n"
    "  rate: {type: percent, max: 60}\n"
    "  flag: {type: boolean}\n"
    "  day: {type: date, min: 2020-01-01, max: 2030-12-31}\n"
    "  at: {type: datetime}\n"
    "  source: {type: choice, options: [web, {value: fair, label: {en: Trade fair, zh: 展会}}]}\n"
    "  tags: {type: choices, options: [red, {value: blue, label: {zh: 蓝}}]}\n"
    "  city: {type: choice, within: source, options: {web: [north, {value: east, label: East}],"
    " fair: [north, south]}}\n"
    "  free: {type: choice, options: [{value: a, label: {en: First, zh: 第一}}], allow_other: true}\n"
    "  words: {type: tags, options: [{value: vip, label: {en: VIP, zh: 贵宾}}]}\n"
    "  fixed: {type: tags, options: [a, b], allow_other: false}\n"
    "  from: {type: choice, options_from: {form: item, field: name, filter: 'source = this.source'}}\n"
    "  crowd: {type: users}\n"
    "  parts: {type: departments}\n"
    "  ups: {type: links, to: item}\n"
    "  up: {type: link, to: item}\n"
    "  who: {type: user}\n"
    "  twice: {type: formula, of: money, formula: 'price * 2'}\n"
    "  up_source: {type: lookup, via: up, field: source}\n"
    "  spent: {type: rollup, from: item, via: up, do: 'sum(dollars)'}\n"
    "  stars: {type: rating}\n"
    "  mood: {type: rating, max: 3}\n"
    "  starts: {type: time, min: '08:00', max: '20:00'}\n"
    "  lasts: {type: duration, min: 5m, max: 2d}\n"
    "  story_md: {type: markdown, max: 40}\n"
    "  rows: {type: subform, min_rows: 1, max_rows: 2, fields: {a: {type: text}}}\n";

static Form *form(void)
{
    return app_form(app_of("forms/item.yaml", form_text, NULL), "item");
}

static Val read_node(Form *f, const char *key, const Node *in)
{
    Val v;
    cx_clear(&cx);
    if (!field_read(&cx, form_field(f, key), in, zone_find("Asia/Shanghai"), &v))
        return val_blank();
    field_check(&cx, form_field(f, key), v);
    return v;
}

static Val read_text(Form *f, const char *key, const char *text)
{
    return read_node(f, key, node_new_text(arena, text));
}

/* The value as it is stored; the issue's code when it is refused. */
static const char *stored(Form *f, const char *key, const char *text)
{
    Val v = read_text(f, key, text);
    return cx.nissue ? cx.issue[0].code : val_show(arena, v);
}

static const char *title(void *ctx, const Field *f, int64_t id)
{
    return arena_printf(arena, "%s:%s:%d", (char *)ctx, f->to->key, (int)id);
}

static const char *shown(Form *f, const char *key, const char *text, const char *lang)
{
    Show as = { .lang = lang, .zone = zone_find("Asia/Shanghai"), .currency = "CNY",
        .title = title, .ctx = "the" };
    return field_show(arena, form_field(f, key), read_text(f, key, text), &as);
}

static void times_are_clock_times_within_their_bounds(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "starts", " 9:30 "), "09:30");
    assert_string_equal(stored(f, "starts", "09:30:15"), "09:30:15");
    assert_string_equal(stored(f, "starts", "１０：００"), "10:00");
    assert_string_equal(stored(f, "starts", "24:00"), "no_time");
    assert_string_equal(stored(f, "starts", "9.30"), "no_time");
    assert_string_equal(stored(f, "starts", "07:59:59"), "too_early");
    assert_string_equal(stored(f, "starts", "20:00:01"), "too_late");
    assert_string_equal(shown(f, "starts", "9:30", "zh"), "09:30");
}

static void durations_are_seconds_whatever_unit_they_are_typed_in(void **state)
{
    (void)state;
    Form *f = form();
    const char *typed[][2] = { { "90m", "90m" }, { "1h 30m", "90m" }, { "1.5H", "90m" },
        { "2d", "2d" }, { "48 hours", "2d" }, { "1天2小时", "26h" }, { "5m30s", "330s" },
        { "300s", "5m" }, { "0.5 day", "12h" } };
    for (int i = 0; i < LEN(typed); i++)
        assert_string_equal(stored(f, "lasts", typed[i][0]), typed[i][1]);
    const char *wrong[] = { "90", "h", "1x", "30m 1h", "1h 1h", "1:30", "-", "1h-30m", "1..5h" };
    for (int i = 0; i < LEN(wrong); i++)
        assert_string_equal(stored(f, "lasts", wrong[i]), "no_duration");
    assert_string_equal(stored(f, "lasts", "2bd"), "working_time");
    assert_string_equal(stored(f, "lasts", "299s"), "too_small");
    assert_string_equal(stored(f, "lasts", "3d"), "too_large");
    assert_string_equal(stored(f, "lasts", "-1h"), "too_small");
    assert_string_equal(shown(f, "lasts", "1d2h3m4s", NULL), "1d 2h 3m 4s");
}

static void ratings_are_whole_stars_up_to_their_number(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "stars", "5"), "5");
    assert_string_equal(stored(f, "stars", "4.0"), "4");
    assert_string_equal(stored(f, "stars", "3.5"), "not_whole");
    assert_string_equal(stored(f, "stars", "0"), "too_small");
    assert_string_equal(stored(f, "stars", "6"), "too_large");
    assert_string_equal(stored(f, "mood", "4"), "too_large");
    assert_true(val_is_blank(read_text(f, "stars", "")));
    assert_string_equal(shown(f, "mood", "2", NULL), "2/3");
}

static void markdown_is_text_of_several_lines(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "story_md", "# A\r\n\r\n**b**"), "# A\n\n**b**");
    assert_string_equal(stored(f, "story_md", "a\x01" "b"), "control_character");
    assert_string_equal(shown(f, "story_md", "**b**", NULL), "**b**");
    assert_string_equal(stored(f, "story_md", "12345678901234567890123456789012345678901"),
        "too_long");
}

static void texts_are_trimmed_and_bounded_by_characters(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "name", "  Ann\t "), "Ann");
    assert_true(val_is_blank(read_text(f, "name", "  ")));
    assert_string_equal(stored(f, "name", "A"), "too_short");
    assert_string_equal(stored(f, "name", "Annabel"), "too_long");
    assert_string_equal(stored(f, "name", "A1"), "pattern");
    assert_string_equal(stored(f, "name", "A\nB"), "one_line");
    assert_string_equal(stored(f, "name", "A\x01" "B"), "control_character");
    assert_string_equal(stored(f, "name", "A\xff" "B"), "not_utf8");
    assert_string_equal(stored(f, "story", "a\r\nb\rc"), "a\nb\nc");
}

static void emails_get_a_small_domain_and_need_one(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "email", " Ann.Lee@Example.COM "), "Ann.Lee@example.com");
    assert_string_equal(stored(f, "email", "ann＠example.com"), "ann@example.com");
    static const char *const wrong[] = { "ann", "ann@", "@x.com", "a b@x.com", "ann@x",
        "a@b@x.com", "ann@x..com", "ann@-x.com", ".ann@x.com", "<a@x.com>" };
    for (int i = 0; i < LEN(wrong); i++)
        assert_string_equal(stored(f, "email", wrong[i]), "no_email");
}

static void phones_become_e164_where_the_digits_allow_it(void **state)
{
    (void)state;
    Form *f = form();
    static const char *const pairs[][2] = {
        { "138 1234-5678", "+8613812345678" }, { "１３８１２３４５６７８", "+8613812345678" },
        { "+86 138 1234 5678", "+8613812345678" }, { "0086 13812345678", "+8613812345678" },
        { "8613812345678", "+8613812345678" }, { "(010) 8765-4321", "+861087654321" },
        { "0755-12345678", "+8675512345678" }, { "+86 (0)10 8765 4321", "+861087654321" },
        { "+49 30 901820", "+4930901820" }, { "87654321", "87654321" },
        { "400-800-1234", "4008001234" }, { "10086", "10086" },
        { "010-87654321 ext. 12", "010-87654321 ext. 12" },
    };
    for (int i = 0; i < LEN(pairs); i++)
        assert_string_equal(stored(f, "phone", pairs[i][0]), pairs[i][1]);
    assert_string_equal(stored(f, "phone", "none"), "no_phone");
    assert_string_equal(stored(f, "phone", "<138 1234 5678>"), "no_phone");
}

static void phones_of_other_countries_follow_their_trunk_prefix(void **state)
{
    (void)state;
    app_of("app.yaml", "app: t\ncountry: DE\n", "forms/item.yaml", form_text, NULL);
    Form *f = app_form(test_app, "item");
    assert_string_equal(stored(f, "phone", "030 / 90 18 20"), "+4930901820");
    assert_string_equal(stored(f, "phone", "901820"), "901820");
    const Field *phone = form_field(f, "phone");
    assert_string_equal(field_show(arena, phone, val_text("+4930901820"), NULL), "030901820");
    app_give(test_app);
    app_of("app.yaml", "app: t\ncountry: US\n", "forms/item.yaml", form_text, NULL);
    f = app_form(test_app, "item");
    assert_string_equal(stored(f, "phone", "(212) 555-0123"), "+12125550123");
    assert_string_equal(stored(f, "phone", "1-212-555-0123"), "+12125550123");
    assert_string_equal(stored(f, "phone", "555-0123"), "5550123");
}

static void phones_are_shown_as_typed_and_compared_normalised(void **state)
{
    (void)state;
    Form *f = form();
    const Field *phone = form_field(f, "phone");
    Val v = read_text(f, "phone", "138-1234-5678");
    assert_string_equal(field_show(arena, phone, v, NULL), "138-1234-5678");
    assert_string_equal(field_show(arena, phone, val_text("+8613812345678"), NULL),
        "13812345678");
    assert_string_equal(field_show(arena, phone, val_text("+861087654321"), NULL),
        "01087654321");
    assert_string_equal(phone->name.normal(arena, &phone->name, "138 1234 5678"),
        "+8613812345678");
    assert_string_equal(field_normal(arena, form_field(f, "name"), " x "), " x ");
}

static void addresses_keep_to_the_schemes_that_are_safe(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "site", "HTTPS://Example.com/A"), "https://Example.com/A");
    assert_string_equal(stored(f, "site", "example.com/x"), "https://example.com/x");
    assert_string_equal(stored(f, "site", "example.com:8080"), "https://example.com:8080");
    assert_string_equal(stored(f, "site", "mailto:a@b.c"), "mailto:a@b.c");
    assert_string_equal(stored(f, "site", "tel:+4912"), "tel:+4912");
    static const char *const wrong[] = { "javascript:alert(1)", "JavaScript:alert(1)",
        "data:text/html,x", "file:///etc/passwd", "ftp://x.org", "https://", "https:// x",
        "vbscript:x", "https://x\"onload=" };
    for (int i = 0; i < LEN(wrong); i++)
        assert_string_equal(stored(f, "site", wrong[i]), "no_url");
}

static void numbers_are_exact_and_read_as_people_type_them(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "price", "1,234.5"), "1234.50");
    assert_string_equal(stored(f, "price", "¥ 12"), "12.00");
    assert_string_equal(stored(f, "price", "１２.５"), "12.50");
    assert_string_equal(stored(f, "price", "-¥12.5"), "-12.50");
    assert_string_equal(stored(f, "price", "1,200元"), "1200.00");
    assert_string_equal(stored(f, "price", "€5"), "no_number");
    assert_string_equal(stored(f, "dollars", "USD 5"), "5.00");
    assert_string_equal(stored(f, "price", "0.005"), "0.01");
    assert_string_equal(stored(f, "rate", "30 %"), "30.00");
    assert_string_equal(stored(f, "count", "-5"), "-5");
    assert_string_equal(stored(f, "count", "-6"), "too_small");
    assert_string_equal(stored(f, "count", "1000001"), "too_large");
    static const char *const wrong[] = { "12 apples", "1,23", "1,2345", ",5", "--1", "nan",
        "inf", "99999999999999999999" };
    for (int i = 0; i < LEN(wrong); i++)
        assert_string_equal(stored(f, "count", wrong[i]), "no_number");
    assert_int_equal(read_node(f, "price", node_new_number(arena, "86.26")).i, 8626);
    assert_int_equal(read_node(f, "price", node_new_number(arena, "1e3")).i, 100000);
    read_node(f, "price", node_new_bool(arena, true));
    assert_int_equal(cx.nissue, 1);
}

static void booleans_are_never_blank(void **state)
{
    (void)state;
    Form *f = form();
    Val v = read_node(f, "flag", node_new_null(arena));
    assert_int_equal(v.kind, VAL_BOOL);
    assert_false(v.i);
    assert_true(read_text(f, "flag", "on").i);
    assert_true(read_node(f, "flag", node_new_bool(arena, true)).i);
    assert_true(read_text(f, "flag", "√").i);
    assert_false(read_text(f, "flag", "No").i);
    assert_string_equal(stored(f, "flag", "perhaps"), "no_boolean");
}

static void days_and_moments_are_read_leniently_and_bounded(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "day", "2026-03-02"), "2026-03-02");
    assert_string_equal(stored(f, "day", "2026/3/2"), "2026-03-02");
    assert_string_equal(stored(f, "day", "2026年3月2日"), "2026-03-02");
    assert_string_equal(stored(f, "day", "２０２６．３．２"), "2026-03-02");
    assert_string_equal(stored(f, "day", "2026年3-2"), "no_date");
    assert_string_equal(stored(f, "day", "2026-3/2"), "no_date");
    assert_string_equal(stored(f, "day", "2026-3--2"), "no_date");
    assert_string_equal(stored(f, "day", "2026-02-29"), "no_date");
    assert_string_equal(stored(f, "day", "2026-03-02x"), "no_date");
    assert_string_equal(stored(f, "day", "2019-12-31"), "too_early");
    assert_string_equal(stored(f, "day", "2031-01-01"), "too_late");
    assert_string_equal(stored(f, "at", "2026-03-02T09:00"), "2026-03-02T01:00:00Z");
    assert_string_equal(stored(f, "at", "2026-03-02 09:00"), "2026-03-02T01:00:00Z");
    assert_string_equal(stored(f, "at", "2026-03-02T09:00:00+00:00"), "2026-03-02T09:00:00Z");
    assert_string_equal(stored(f, "at", "2026-03-02"), "2026-03-01T16:00:00Z");
    assert_string_equal(stored(f, "at", "2026/3/2 9:00"), "2026-03-02T01:00:00Z");
    assert_string_equal(stored(f, "at", "2026年3月2日 09:00:30"), "2026-03-02T01:00:30Z");
    assert_string_equal(stored(f, "at", "2026/3/2 25:00"), "no_datetime");
    assert_string_equal(stored(f, "at", "soon"), "no_datetime");
}

static void choices_hold_each_option_once_in_the_order_given(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "source", "web"), "web");
    assert_string_equal(stored(f, "source", "wep"), "no_option");
    Node *list = node_list(arena);
    node_add(arena, list, node_new_text(arena, "blue"));
    node_add(arena, list, node_new_text(arena, "red"));
    node_add(arena, list, node_new_text(arena, "blue"));
    Val v = read_node(f, "tags", list);
    assert_int_equal(v.n, 2);
    assert_string_equal(v.list[0].t, "blue");
    assert_int_equal(read_text(f, "tags", "red").n, 1);
    node_add(arena, list, node_new_text(arena, "green"));
    read_node(f, "tags", list);
    assert_int_equal(cx.nissue, 1);
    assert_true(val_is_blank(read_node(f, "tags", node_list(arena))));
}

static void tags_are_words_each_once_and_labels_stand_for_options(void **state)
{
    (void)state;
    Form *f = form();
    Val v = read_text(f, "words", " north, 贵宾；Hot、hot,\n,North");
    assert_int_equal(v.n, 3);
    assert_string_equal(v.list[0].t, "north");
    assert_string_equal(v.list[1].t, "vip");
    assert_string_equal(v.list[2].t, "Hot");
    assert_int_equal(cx.nissue, 0);
    assert_string_equal(field_show(arena, form_field(f, "words"), v,
        &(Show){ .lang = "zh" }), "north、贵宾、Hot");
    assert_true(val_is_blank(read_text(f, "words", " , ")));
    assert_int_equal(read_text(f, "fixed", "a").n, 1);
    read_text(f, "fixed", "c");
    assert_string_equal(cx.issue[0].code, "no_option");
    char *longer = arena_alloc(arena, 202);
    memset(longer, 'x', 201);
    longer[201] = 0;
    read_text(f, "words", longer);
    assert_string_equal(cx.issue[0].code, "too_long");
}

static void a_free_choice_takes_a_label_for_its_option_and_else_any_line(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(stored(f, "free", "第一"), "a");
    assert_string_equal(stored(f, "free", "a"), "a");
    assert_string_equal(stored(f, "free", "my own"), "my own");
    assert_string_equal(stored(f, "free", "two\nlines"), "too_long");
}

static void options_hang_on_values_of_another_choice(void **state)
{
    (void)state;
    Form *f = form();
    const Field *city = form_field(f, "city");
    assert_int_equal(city->noption, 3);
    assert_true(option_fits(field_option(city, "north"), val_text("web")));
    assert_true(option_fits(field_option(city, "north"), val_text("fair")));
    assert_false(option_fits(field_option(city, "south"), val_text("web")));
    assert_false(option_fits(field_option(city, "south"), val_blank()));
    Val both[] = { val_text("web"), val_text("fair") };
    assert_true(option_fits(field_option(city, "south"), val_list(both, 2)));
    assert_string_equal(stored(f, "city", "nowhere"), "no_option");
    assert_string_equal(stored(f, "from", "whatever records hold"), "whatever records hold");
}

static void lists_of_records_take_ids_each_once(void **state)
{
    (void)state;
    static const char *const keys[] = { "crowd", "parts", "ups" };
    Form *f = form();
    for (int i = 0; i < LEN(keys); i++) {
        Node *list = node_list(arena);
        node_put_int(arena, node_add(arena, list, node_map(arena)), "id", 7);
        node_add(arena, list, node_new_text(arena, "9"));
        node_add(arena, list, node_new_int(arena, 7));
        Val v = read_node(f, keys[i], list);
        assert_int_equal(v.n, 2);
        assert_int_equal(v.list[1].i, 9);
        assert_int_equal(read_text(f, keys[i], "8").n, 1);
        node_add(arena, list, node_new_text(arena, "Ann"));
        read_node(f, keys[i], list);
        assert_string_equal(cx.issue[0].code, "no_record");
        Show show = { .lang = "en", .title = title, .ctx = (char *)"t" };
        assert_string_equal(field_show(arena, form_field(f, "ups"), v, &show),
            "t:item:7, t:item:9");
    }
}

static void links_take_ids_and_maps_with_an_id(void **state)
{
    (void)state;
    Form *f = form();
    Node *map = node_map(arena);
    node_put_int(arena, map, "id", 7);
    assert_int_equal(read_node(f, "up", map).i, 7);
    assert_int_equal(read_node(f, "up", node_new_int(arena, 8)).i, 8);
    assert_int_equal(read_text(f, "who", "9").i, 9);
    static const char *const wrong[] = { "Ann", "-1", "0", "7x", "1.5" };
    for (int i = 0; i < LEN(wrong); i++)
        assert_string_equal(stored(f, "up", wrong[i]), "no_record");
}

static void values_are_shown_in_the_readers_language_and_zone(void **state)
{
    (void)state;
    Form *f = form();
    assert_string_equal(shown(f, "count", "12345", "en"), "12,345 kg");
    assert_string_equal(shown(f, "price", "1234567.5", "zh"), "¥1,234,567.50");
    assert_string_equal(shown(f, "price", "-12", "zh"), "-¥12.00");
    assert_string_equal(shown(f, "dollars", "999", "en"), "$999.00");
    assert_string_equal(shown(f, "rate", "12.5", "en"), "12.5%");
    assert_string_equal(shown(f, "rate", "30", "en"), "30%");
    assert_string_equal(shown(f, "day", "2026-03-02", "en"), "2026-03-02");
    assert_string_equal(shown(f, "at", "2026-03-02T01:00:00Z", "en"), "2026-03-02 09:00");
    assert_string_equal(shown(f, "source", "fair", "zh"), "展会");
    assert_string_equal(shown(f, "source", "fair", NULL), "Trade fair");
    assert_string_equal(shown(f, "flag", "on", "en"), "yes");
    assert_string_equal(shown(f, "up", "7", "en"), "the:item:7");
    assert_string_equal(shown(f, "who", "7", "en"), "the:user:7");
    assert_string_equal(shown(f, "name", "", "en"), "");
}

static void computed_values_are_shown_as_what_they_are(void **state)
{
    (void)state;
    Form *f = form();
    Show as = { .lang = "zh", .currency = "CNY" };
    Str out = str_begin(arena);
    Json json = json_begin(&out);
    const Field *spent = form_field(f, "spent");
    assert_string_equal(field_show(arena, form_field(f, "up_source"), val_text("fair"), &as),
        "展会");
    assert_string_equal(field_show(arena, spent, val_dec(150, 2), &as), "$1.50");
    assert_string_equal(field_show(arena, form_field(f, "twice"), val_dec(2, 0), &as), "¥2.00");
    assert_int_equal(field_store(spent), STORE_NUMBER);
    assert_int_equal(field_scale(spent), 2);
    assert_int_equal(field_val(form_field(f, "up_source")), VAL_TEXT);
    assert_string_equal(stored(f, "twice", "5"), "computed");
    assert_string_equal(stored(f, "id", "5"), "computed");
    field_json(spent, val_dec(150, 2), &json);
    assert_string_equal(str_show(&out), "1.50");
}

static void json_has_the_shape_of_the_contract(void **state)
{
    (void)state;
    Form *f = form();
    Str out = str_begin(arena);
    Json json = json_begin(&out);
    json_map(&json);
    json_key(&json, "price");
    field_json(form_field(f, "price"), read_text(f, "price", "86.26"), &json);
    json_key(&json, "count");
    field_json(form_field(f, "count"), read_text(f, "count", "12"), &json);
    json_key(&json, "up");
    field_json(form_field(f, "up"), val_rec(7), &json);
    json_key(&json, "tags");
    field_json(form_field(f, "tags"), read_text(f, "tags", "red"), &json);
    json_key(&json, "at");
    field_json(form_field(f, "at"), read_text(f, "at", "2026-03-02T09:00"), &json);
    json_key(&json, "name");
    field_json(form_field(f, "name"), val_blank(), &json);
    json_key(&json, "flag");
    field_json(form_field(f, "flag"), val_bool(true), &json);
    json_map_end(&json);
    assert_string_equal(str_show(&out), "{\"price\":86.26,\"count\":12,\"up\":{\"id\":7},"
        "\"tags\":[\"red\"],\"at\":\"2026-03-02T01:00:00Z\",\"name\":null,\"flag\":true}");
}

static void masks_hide_all_but_what_they_name(void **state)
{
    (void)state;
    Form *f = form();
    const Field *name = form_field(f, "name"), *phone = form_field(f, "phone");
    assert_string_equal(field_mask(arena, name, "1234567890"), "******7890");
    assert_string_equal(field_mask(arena, name, "榫卯系统软件"), "**系统软件");
    assert_string_equal(field_mask(arena, name, "1234"), "****");
    assert_string_equal(field_mask(arena, name, ""), "");
    assert_string_equal(field_mask(arena, phone, "13812345678"), "138****5678");
    assert_string_equal(field_mask(arena, phone, "138 1234 5678"), "138****5678");
    assert_string_equal(field_mask(arena, phone, "+8613812345678"), "138****5678");
    assert_string_equal(field_mask(arena, phone, "13"), "13");
}

static void a_pattern_that_runs_wild_is_no_match(void **state)
{
    (void)state;
    Form *f = app_form(app_of("forms/item.yaml",
        "form: item\nfields: {a: {type: text, pattern: '(a+)+b'}}\n", NULL), "item");
    assert_string_equal(stored(f, "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"), "pattern");
    assert_string_equal(stored(f, "a", "aab"), "aab");
}

RUN(TA(times_are_clock_times_within_their_bounds),
    TA(durations_are_seconds_whatever_unit_they_are_typed_in),
    TA(ratings_are_whole_stars_up_to_their_number), TA(markdown_is_text_of_several_lines),
    TA(texts_are_trimmed_and_bounded_by_characters),
    TA(emails_get_a_small_domain_and_need_one),
    TA(phones_become_e164_where_the_digits_allow_it),
    TA(phones_of_other_countries_follow_their_trunk_prefix),
    TA(phones_are_shown_as_typed_and_compared_normalised),
    TA(addresses_keep_to_the_schemes_that_are_safe),
    TA(numbers_are_exact_and_read_as_people_type_them), TA(booleans_are_never_blank),
    TA(days_and_moments_are_read_leniently_and_bounded),
    TA(choices_hold_each_option_once_in_the_order_given),
        TA(tags_are_words_each_once_and_labels_stand_for_options),
        TA(a_free_choice_takes_a_label_for_its_option_and_else_any_line),
        TA(options_hang_on_values_of_another_choice),
        TA(lists_of_records_take_ids_each_once),
    TA(links_take_ids_and_maps_with_an_id),
    TA(values_are_shown_in_the_readers_language_and_zone),
    TA(computed_values_are_shown_as_what_they_are), TA(json_has_the_shape_of_the_contract),
    TA(masks_hide_all_but_what_they_name),
    TA(a_pattern_that_runs_wild_is_no_match))
