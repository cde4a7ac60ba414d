/*
 * app_file.c — languages, zone, money, roles, menu, calendars, channels, limits.
 */
#include "def/app_file.h"
#include "base/sys.h"
#include "def/calendar.h"
#include "def/ref.h"
#include "def/types.h"

#include <string.h>

static const char *const formats[] = { "json", "wecom", "dingtalk", "feishu", "slack" };
#define ENV "|\\$\\{env:"      /* what the environment says is not known while writing */
#define SIZE "^[0-9]{1,9}(KB|MB|GB)$"

const Attr channel_attrs[] = {
    { "smtp", ATTR_TEXT, "a mail server", "smtp: \"smtp://127.0.0.1:25\"",
      .pattern = "^smtps?://" ENV,
      .flags = ATTR_ONE, .label = "Mail server" },
    { "from", ATTR_TEXT, "whom mail comes from", "from: crm@example.com", .with = "smtp",
      .flags = ATTR_NEEDED, .label = "Sender" },
    { "webhook", ATTR_TEXT, "the address of a group's robot",
      "webhook: \"https://example.com/robot\"", .pattern = "^https?://" ENV,
      .flags = ATTR_ONE, .label = "Robot's address" },
    { "format", ATTR_CHOICE, "what the robot reads: json, wecom, dingtalk, feishu or slack",
      "format: wecom", ATTR_WORDS(formats), .with = "webhook" },
    { "secret", ATTR_TEXTS, "what calls are signed with, in the way of the format; several while "
      "it is changed", "secret: \"${env:ROBOT_SECRET}\"", .with = "webhook" },
    { 0 },
};

const Attr sign_in_attrs[] = {
    { "password", ATTR_BOOL, "with a password", "password: true" },
    { "second_factor", ATTR_LATER, "with a code too", NULL },
    { "oidc", ATTR_LATER, "through another service", NULL },
    { "ldap", ATTR_LATER, "through a directory", NULL },
    { 0 },
};

const Attr limit_attrs[] = {
    { "body", ATTR_TEXT, "how large a request may be", "body: 8MB", .pattern = SIZE ENV,
      .flags = ATTR_NUMBERED, .label = "Size of a request" },
    { "file", ATTR_TEXT, "how large a file may be", "file: 50MB", .pattern = SIZE ENV,
      .flags = ATTR_NUMBERED, .label = "Size of a file" },
    { "page", ATTR_TEXT, "records in one answer", "page: 1000", .pattern = "^[0-9]{1,9}$" ENV,
      .most = 999999999, .flags = ATTR_NUMBERED, .label = "Records in one answer" },
    { "logins", ATTR_TEXT, "sign-in tries of one address", "logins: 10/min",
      .pattern = "^[0-9]{1,9}/min$" ENV,
      .flags = ATTR_NUMBERED, .label = "Sign-in tries" },
    { "api", ATTR_TEXT, "requests of one token", "api: 100/s",
      .pattern = "^[0-9]{1,9}/s$" ENV,
      .flags = ATTR_NUMBERED, .label = "Requests of a token" },
    { 0 },
};

const Attr app_attrs[] = {
    { "app", ATTR_NAME, "its name", "app: shop", .flags = ATTR_NEEDED,
      .label = "Name of the app" },
    { "label", ATTR_LABEL, "what people call it", "label: {en: Shop, zh: 商店}" },
    { "help", ATTR_LABEL, "a line on what it is for", "help: {en: Orders and repairs, zh: 订单与维修}",
      .label = "What it is for" },
    { "languages", ATTR_TEXTS, "of labels and pages; the first is the default",
      "languages: [en, zh]", .pattern = "^[a-z]{2,3}(-[A-Za-z-]*)?$" ENV },
    { "time_zone", ATTR_TEXT, "in which days begin", "time_zone: Asia/Shanghai" },
    { "country", ATTR_TEXT, "national phone numbers are read as this country's", "country: CN",
      .pattern = "^[A-Z]{2}$" ENV },
    { "currency", ATTR_TEXT, "of money fields", "currency: CNY", .pattern = "^[A-Z]{3}$" ENV },
    { "roles", ATTR_EACH, "who people can be; admin, everyone and public exist already",
      "roles: {sales: {label: Sales}, chief: {includes: [sales]}}", .of = role_attrs },
    { "menu", ATTR_LIST, "sections of forms and dashboards; without it all",
      "menu: [{section: Work, items: [test]}]", .of = menu_attrs },
    { "calendars", ATTR_EACH, "working hours and days off; the first is the default",
      "calendars: {office: {hours: {mon-fri: [\"09:00-18:00\"]}}}", .of = calendar_attrs },
    { "channels", ATTR_EACH, "where messages go beside the inbox",
      "channels: {email: {smtp: \"smtp://127.0.0.1:25\", from: crm@example.com}}",
      .of = channel_attrs },
    { "url", ATTR_TEXT, "where people reach the app, for links in messages",
      "url: \"https://crm.example.com\"", .pattern = "^https?://[^ ?#]+$" ENV,
      .label = "Address of the app" },
    { "webhooks", ATTR_EACH, "other programs that are told of every change",
      "webhooks: {erp: {url: \"https://erp.example.com/tenon\", forms: [test]}}",
      .of = webhook_attrs },
    { "internal", ATTR_TEXTS, "host:port inside one's own network that web calls may reach",
      "internal: [\"10.0.0.5:8080\", \"erp.local:443\"]",
      .pattern = "^[^/@]+:[0-9]{1,5}$" ENV },
    { "sign_in", ATTR_MAP, "how people sign in", "sign_in: {password: true}",
      .of = sign_in_attrs },
    { "proxies", ATTR_TEXTS, "addresses whose X-Forwarded headers are believed",
      "proxies: [127.0.0.1]", .pattern = "^[0-9a-fA-F:./]+$" ENV },
    { "metrics", ATTR_TEXTS, "addresses that may read /metrics; without it this machine only",
      "metrics: [127.0.0.1, 10.0.0.7]", .pattern = "^[0-9a-fA-F:./]+$" ENV },
    { "limits", ATTR_MAP, "0 means none", "limits: {body: 8MB, api: 100/s}", .of = limit_attrs },
    { "currencies", ATTR_LATER, "other currencies and their rates", NULL },
    { 0 },
};

/* Does it still name what is not set? That is said already. */
static bool unset(const char *text)
{
    return strstr(text, "${env:") != NULL;
}

/* ${env:NAME} anywhere in a value; the node's text is replaced. */
static void put_env(Cx *cx, Node *n)
{
    Str s = str_begin(cx->a);
    const char *p = n->text, *start, *end;
    bool whole = true;
    while ((start = strstr(p, "${env:")) && (end = strchr(start, '}'))) {
        char *name = arena_dup_n(cx->a, start + 6, (size_t)(end - start - 6));
        const char *value = sys_env(name);
        whole = whole && value;
        if (!value)
            cx_issue(cx, node_place(n), "no_env",
                "the environment variable %s is not set", name);
        str_add_n(&s, p, (size_t)(start - p));
        str_add(&s, value);
        p = end + 1;
    }
    if (p == n->text || !whole) return;
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
    app->zone = zone_utc();
    ref_zone(cx, n, &app->zone);
    load_code(cx, n, "country", 2, "CN", &app->country);
    load_code(cx, n, "currency", 3, "CNY", &app->currency);
}

void secrets_load(Cx *cx, const Node *n, const char ***out, int *nout)
{
    const Node **each;
    int count;

    ref_texts(cx, n, &each, &count);
    *out = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++) (*out)[(*nout)++] = node_text(each[i]);
}

static void load_channel(Cx *cx, const Node *n, Channel *c)
{
    *c = (Channel){ .key = n->key };
    ref_name(cx, n, n->key, 63);
    if (!ref_map(cx, n) && !node_blank(n)) return;
    c->kind = node_find(n, "smtp") ? "smtp" : "webhook";
    attr_check_keys(cx, n, channel_attrs);
    node_read_text(cx, n, "smtp", &c->smtp);
    node_read_text(cx, n, "from", &c->from);
    node_read_text(cx, n, "webhook", &c->webhook);
    if (str_eq(n->key, "inbox"))
        cx_issue(cx, node_key_place(n), "twice", "every app has the channel `inbox`");
    if (!c->smtp == !c->webhook)
        cx_issue(cx, node_key_place(n), "no_channel", "a channel needs `smtp` or `webhook`");
    if (c->smtp && !unset(c->smtp) && !str_starts(c->smtp, "smtp://") && !str_starts(c->smtp, "smtps://"))
        cx_issue(cx, node_place(node_find(n, "smtp")), "bad_url",
            "`smtp` looks like smtp://127.0.0.1:25");
    if (c->smtp && !c->from)
        cx_issue(cx, node_key_place(n), "no_sender", "a mail channel needs `from`");
    if (c->webhook && !unset(c->webhook) && !str_starts(c->webhook, "https://")
        && !str_starts(c->webhook, "http://"))
        cx_issue(cx, node_place(node_find(n, "webhook")), "bad_url",
            "`webhook` starts with https://");
    int format = ref_word(cx, n, "format", formats, LEN(formats), 0);
    c->format = formats[format < 0 ? 0 : format];
    secrets_load(cx, node_find(n, "secret"), &c->secret, &c->nsecret);
}

static void load_channels(Cx *cx, App *app, const Node *n)
{
    if (!ref_map(cx, n)) return;
    app->channel = ARENA_ARRAY(cx->a, Channel, n->n + 1);
    for (int i = 0; i < n->n; i++) load_channel(cx, n->item[i], &app->channel[i]);
    app->nchannel = n->n;
}

static void load_url(Cx *cx, App *app, const Node *n)
{
    const char *url = NULL;
    if (!node_read_text(cx, n, "url", &url) || !url) return;
    const char *name = strstr(url, "://");
    bool web = str_starts(url, "https://") || str_starts(url, "http://");
    if (!web || !name[3] || name[3] == '/' || strpbrk(url, " ?#\r\n"))
        cx_issue(cx, node_place(node_find(n, "url")), "bad_url",
            "`url` looks like https://crm.example.com");
    size_t end = strlen(url);
    while (end && url[end - 1] == '/') end--;
    app->url = arena_dup_n(cx->a, url, end);
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
    app->limits = (Limits){ .body = 8 << 20, .file = 50 << 20, .page = 1000,
        .logins_per_min = 10, .api_per_s = 100 };
    if (!ref_map(cx, n)) return;
    attr_check_keys(cx, n, limit_attrs);
    load_limit(cx, n, "body", "MB", &app->limits.body);
    load_limit(cx, n, "file", "MB", &app->limits.file);
    load_limit(cx, n, "page", "", &app->limits.page);
    load_limit(cx, n, "logins", "/min", &app->limits.logins_per_min);
    load_limit(cx, n, "api", "/s", &app->limits.api_per_s);
}

static void load_addresses(Cx *cx, const Node *n, const char ***out, int *nout)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    *out = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++) {
        const char *text = node_text(each[i]);
        if (strspn(text, "0123456789abcdefABCDEF:./") != strlen(text))
            cx_issue(cx, node_place(each[i]), "bad_address", "`%s` is no IP address", text);
        else (*out)[(*nout)++] = text;
    }
}

/* Digits at the end name a port; a name in brackets is an IPv6 address. */
static void load_internal(Cx *cx, App *app, const Node *n)
{
    const Node **each;
    int count;
    ref_texts(cx, n, &each, &count);
    app->internal = ARENA_ARRAY(cx->a, const char *, count + 1);
    for (int i = 0; i < count; i++) {
        const char *text = node_text(each[i]), *port = strrchr(text, ':');
        bool fine = port && port > text && !strpbrk(text, "/@ ?#") && port[1]
            && strspn(port + 1, "0123456789") == strlen(port + 1) && strlen(port + 1) < 6;
        if (fine) app->internal[app->ninternal++] = text;
        else
            cx_issue(cx, node_place(each[i]), "bad_address",
                "`%s` is no host and port such as 10.0.0.5:8080", text);
    }
}

static void load_sign_in(Cx *cx, const Node *n)
{
    bool password = true;
    if (!ref_map(cx, n)) return;
    attr_check_keys(cx, n, sign_in_attrs);
    if (node_read_bool(cx, n, "password", &password) && !password)
        cx_issue(cx, node_place(node_find(n, "password")), "not_available_yet",
            "signing in without a password is not available yet");
}

void app_file_load(Cx *cx, App *app, Node *n)
{
    if (n && n->kind != NODE_MAP)
        cx_issue(cx, node_place(n), "wrong_kind", "a map (key: value) is expected here");
    if (!node_is(n, NODE_MAP)) n = NULL;
    app->file = n;
    if (n) {
        put_env_all(cx, n);
        attr_check_keys(cx, n, app_attrs);
        if (!node_find(n, "app"))
            cx_issue(cx, node_place(n), "no_name", "the file must say `app: NAME`");
        else if (node_read_text(cx, n, "app", &app->key))
            ref_name(cx, node_find(n, "app"), app->key, 63);
    }
    load_languages(cx, app, node_find(n, "languages"));
    cx->home = app->language[0];
    label_load(cx, n, "label", &app->label);
    label_load(cx, n, "help", &(Label){ 0 });
    load_place(cx, app, n);
    roles_load(cx, app, node_find(n, "roles"));
    calendars_load(cx, app, node_find(n, "calendars"));
    load_channels(cx, app, node_find(n, "channels"));
    load_url(cx, app, n);
    load_internal(cx, app, node_find(n, "internal"));
    load_sign_in(cx, node_find(n, "sign_in"));
    load_addresses(cx, node_find(n, "proxies"), &app->proxy, &app->nproxy);
    load_addresses(cx, node_find(n, "metrics"), &app->metric, &app->nmetric);
    load_limits(cx, app, node_find(n, "limits"));
}
