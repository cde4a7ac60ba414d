/*
 * app_file.c — languages, zone, money, roles, menu, calendars, channels, limits.
 */
#include "def/app_file.h"
#include "base/sys.h"
#include "def/calendar.h"
#include "def/ref.h"
#include "def/types.h"

#include <string.h>

/* ${env:NAME} anywhere in a value; the node's text is replaced. */
static void put_env(Cx *cx, Node *n)
{
    Str s = str_begin(cx->a);
    const char *p = n->text, *start, *end;
    while ((start = strstr(p, "${env:")) && (end = strchr(start, '}'))) {
        char *name = arena_dup_n(cx->a, start + 6, (size_t)(end - start - 6));
        const char *value = sys_env(name);
        if (!value)
            cx_issue(cx, node_place(n), "no_env",
                "the environment variable %s is not set", name);
        str_add_n(&s, p, (size_t)(start - p));
        str_add(&s, value);
        p = end + 1;
    }
    if (p == n->text) return;
    str_add(&s, p);
    n->text = str_show(&s);
}

static void put_env_all(Cx *cx, Node *n)
{
    for (int i = 0; n && i < n->n; i++) put_env_all(cx, n->item[i]);
    if (node_is(n, NODE_TEXT)) put_env(cx, n);
}

static void load_languages(Cx *cx, App *app, const Node *n)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    app->language = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++) {
        const char *lang = node_text(each[i]);
        size_t len = strspn(lang, "abcdefghijklmnopqrstuvwxyz");
        bool fine = len >= 2 && len <= 3 && (!lang[len] || (lang[len] == '-'
            && strspn(lang, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")
            == strlen(lang)));
        if (!fine)
            cx_issue(cx, node_place(each[i]), "bad_language",
                "`%s` is no language such as en or zh", lang);
        else app->language[app->nlanguage++] = lang;
    }
    if (!app->nlanguage) app->language[app->nlanguage++] = "en";
}

static void load_code(Cx *cx, const Node *n, const char *key, size_t length, const char *like,
    const char **out)
{
    if (!node_read_text(cx, n, key, out) || !*out) return;
    if (strlen(*out) == length
            && strspn(*out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == length) return;
    cx_issue(cx, node_place(node_find(n, key)), "bad_code", "`%s` is a code such as %s", key,
        like);
}

static void load_place(Cx *cx, App *app, const Node *n)
{
    const char *zone = NULL;
    app->zone = zone_utc();
    if (node_read_text(cx, n, "time_zone", &zone) && zone) {
        const Zone *found = zone_find(zone);
        if (found) app->zone = found;
        else
            cx_issue(cx, node_place(node_find(n, "time_zone")), "unknown_zone",
                "unknown time zone `%s`; they look like Asia/Shanghai", zone);
    }
    load_code(cx, n, "country", 2, "CN", &app->country);
    load_code(cx, n, "currency", 3, "CNY", &app->currency);
}

static void load_channel(Cx *cx, const Node *n, Channel *c)
{
    static const char *const mail[] = { "smtp", "from", NULL };
    static const char *const robot[] = { "webhook", "format", NULL };
    static const char *const formats[] = { "json", "wecom", "dingtalk", "feishu", "slack" };
    *c = (Channel){ .key = n->key };
    ref_name(cx, n, n->key, 63);
    if (!ref_map(cx, n)) return;
    bool is_mail = node_find(n, "smtp") != NULL;
    c->kind = is_mail ? "smtp" : "webhook";
    node_check_keys(cx, n, is_mail ? mail : robot, NULL);
    node_read_text(cx, n, "smtp", &c->smtp);
    node_read_text(cx, n, "from", &c->from);
    node_read_text(cx, n, "webhook", &c->webhook);
    if (str_eq(n->key, "inbox"))
        cx_issue(cx, node_key_place(n), "twice", "every app has the channel `inbox`");
    if (!c->smtp && !c->webhook)
        cx_issue(cx, node_key_place(n), "no_channel", "a channel needs `smtp` or `webhook`");
    if (c->smtp && !str_starts(c->smtp, "smtp://") && !str_starts(c->smtp, "smtps://"))
        cx_issue(cx, node_place(node_find(n, "smtp")), "bad_url",
            "`smtp` looks like smtp://127.0.0.1:25");
    if (c->smtp && !c->from)
        cx_issue(cx, node_key_place(n), "no_sender", "a mail channel needs `from`");
    if (c->webhook && !str_starts(c->webhook, "https://") && !str_starts(c->webhook, "http://"))
        cx_issue(cx, node_place(node_find(n, "webhook")), "bad_url",
            "`webhook` starts with https://");
    int format = ref_word(cx, n, "format", formats, LEN(formats), 0);
    c->format = formats[format < 0 ? 0 : format];
}

static void load_channels(Cx *cx, App *app, const Node *n)
{
    if (!ref_map(cx, n)) return;
    app->channel = ARENA_ARRAY(cx->a, Channel, n->n + 1);
    for (int i = 0; i < n->n; i++) load_channel(cx, n->item[i], &app->channel[i]);
    app->nchannel = n->n;
}

/* "5MB" in bytes; 0 when it is no such text. */
static int64_t size_of(const char *text)
{
    static const struct { const char *text; int64_t times; } sizes[] = {
        { "KB", 1024 }, { "MB", 1024 * 1024 }, { "GB", 1024 * 1024 * 1024 },
    };
    size_t digits = text ? strspn(text, "0123456789") : 0;
    int64_t number = 0;
    if (!digits || digits > 9) return 0;
    for (size_t i = 0; i < digits; i++) number = number * 10 + (text[i] - '0');
    for (int i = 0; i < LEN(sizes); i++)
        if (str_eq(text + digits, sizes[i].text)) return number * sizes[i].times;
    return 0;
}

bool size_read(Cx *cx, const Node *map, const char *key, int64_t *out)
{
    const Node *n = node_find(map, key);
    int64_t size = size_of(node_text(n));
    if (n && !size)
        return cx_issue(cx, node_place(n), "bad_size", "`%s` is a size such as 500KB or 5MB",
            key);
    if (n) *out = size;
    return true;
}

/* 8MB, 1000, 10/min: a whole number and one of the endings. */
static void load_limit(Cx *cx, const Node *map, const char *key, const char *ending,
    int64_t *out)
{
    const Node *n = node_find(map, key);
    const char *text = node_text(n);
    bool bytes = str_eq(ending, "MB");
    int64_t number = bytes ? size_of(text) : 0;
    if (!n) return;
    size_t digits = text ? strspn(text, "0123456789") : 0;
    bool zero = digits == 1 && str_eq(text, "0");
    bool fine = zero || (digits > 0 && digits < 10
        && (bytes ? number > 0 : str_eq(text + digits, ending)));
    if (!fine) {
        cx_issue(cx, node_place(n), "bad_limit", "`%s` is a limit such as %s%s, or 0 for none",
            key, bytes ? "8" : "100", ending);
        return;
    }
    for (size_t i = 0; !bytes && i < digits; i++) number = number * 10 + (text[i] - '0');
    *out = number;
}

static void load_limits(Cx *cx, App *app, const Node *n)
{
    static const char *const known[] = { "body", "file", "page", "logins", "api", NULL };
    app->limits = (Limits){ .body = 8 << 20, .file = 50 << 20, .page = 1000,
        .logins_per_min = 10, .api_per_s = 100 };
    if (!ref_map(cx, n)) return;
    node_check_keys(cx, n, known, NULL);
    load_limit(cx, n, "body", "MB", &app->limits.body);
    load_limit(cx, n, "file", "MB", &app->limits.file);
    load_limit(cx, n, "page", "", &app->limits.page);
    load_limit(cx, n, "logins", "/min", &app->limits.logins_per_min);
    load_limit(cx, n, "api", "/s", &app->limits.api_per_s);
}

static void load_proxies(Cx *cx, App *app, const Node *n)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    app->proxy = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++) {
        const char *text = node_text(each[i]);
        if (strspn(text, "0123456789abcdefABCDEF:./") != strlen(text))
            cx_issue(cx, node_place(each[i]), "bad_address", "`%s` is no IP address", text);
        else app->proxy[app->nproxy++] = text;
    }
}

static void load_sign_in(Cx *cx, const Node *n)
{
    static const char *const known[] = { "password", NULL };
    static const char *const later[] = { "second_factor", "oidc", "ldap", NULL };
    bool password = true;
    if (!ref_map(cx, n)) return;
    node_check_keys(cx, n, known, later);
    if (node_read_bool(cx, n, "password", &password) && !password)
        cx_issue(cx, node_place(node_find(n, "password")), "not_available_yet",
            "signing in without a password is not available yet");
}

void app_file_load(Cx *cx, App *app, Node *n)
{
    static const char *const known[] = { "app", "label", "languages", "time_zone", "country",
        "currency", "roles", "menu", "calendars", "channels", "sign_in", "proxies", "limits",
        NULL };
    static const char *const later[] = { "currencies", NULL };
    if (n && n->kind != NODE_MAP)
        cx_issue(cx, node_place(n), "wrong_kind", "a map (key: value) is expected here");
    if (!node_is(n, NODE_MAP)) n = NULL;
    app->file = n;
    if (n) {
        put_env_all(cx, n);
        node_check_keys(cx, n, known, later);
        if (!node_find(n, "app"))
            cx_issue(cx, node_place(n), "no_name", "the file must say `app: NAME`");
        else if (node_read_text(cx, n, "app", &app->key))
            ref_name(cx, node_find(n, "app"), app->key, 63);
    }
    label_load(cx, n, "label", &app->label);
    load_languages(cx, app, node_find(n, "languages"));
    load_place(cx, app, n);
    roles_load(cx, app, node_find(n, "roles"));
    calendars_load(cx, app, node_find(n, "calendars"));
    load_channels(cx, app, node_find(n, "channels"));
    load_sign_in(cx, node_find(n, "sign_in"));
    load_proxies(cx, app, node_find(n, "proxies"));
    load_limits(cx, app, node_find(n, "limits"));
}

static void load_items(Cx *cx, App *app, const Node *n, MenuSection *s)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    s->item = ARENA_ARRAY(cx->a, MenuItem, count + 1);
    for (int i = 0; i < count; i++) {
        if (str_starts(node_text(each[i]), "dashboard.")) {
            cx_issue(cx, node_place(each[i]), "not_available_yet",
                "dashboards are not available yet");
            continue;
        }
        const Form *f = ref_form(cx, app, each[i]);
        if (f) s->item[s->nitem++] = (MenuItem){ .form = f };
    }
}

void app_menu_load(Cx *cx, App *app)
{
    static const char *const known[] = { "section", "items", NULL };
    const Node *n = node_find(app->file, "menu");
    app->menu = ARENA_ARRAY(cx->a, MenuSection, (n ? n->n : 0) + 1);
    if (!n) {
        MenuSection *s = &app->menu[app->nmenu++];
        s->item = ARENA_ARRAY(cx->a, MenuItem, app->nform + 1);
        for (int i = 0; i < app->nform; i++)
            if (!app->form[i]->builtin) s->item[s->nitem++].form = app->form[i];
        return;
    }
    for (int i = 0; ref_list(cx, n) && i < n->n; i++) {
        const Node *one = n->item[i];
        if (!ref_map(cx, one)) continue;
        node_check_keys(cx, one, known, NULL);
        label_load(cx, one, "section", &app->menu[app->nmenu].label);
        if (!node_find(one, "items"))
            cx_issue(cx, node_place(one), "no_items", "a section of the menu needs `items`");
        load_items(cx, app, node_find(one, "items"), &app->menu[app->nmenu++]);
    }
}
