/*
 * webhook.c — {url, secret, forms, events, fields, bulk}
 */
#include "def/webhook.h"
#include "def/app_file.h"
#include "def/kept.h"
#include "def/ref.h"

static const char *const events[] = { "created", "updated", "deleted", "restored", "moved" };

const Attr webhook_attrs[] = {
    { "url", ATTR_TEXT, "where the calls go", "url: \"https://erp.example.com/tenon\"",
      .pattern = "^https?://|\\$\\{env:", .flags = ATTR_NEEDED },
    { "secret", ATTR_TEXTS, "what calls are signed with, as Standard Webhooks say; several while it "
      "is changed", "secret: \"${env:ERP_SECRET}\"" },
    { "forms", ATTR_TEXTS, "whose records", "forms: [test, customer]", .flags = ATTR_NEEDED,
      .label = "Which forms" },
    { "events", ATTR_TEXTS, "which changes: created, updated, deleted, restored, moved; without it "
      "all", "events: [created, updated]", .pattern = "^(created|updated|deleted|restored|moved)$" },
    { "fields", ATTR_TEXTS, "what is told; without it all that no role finds hidden or masked",
      "fields: [name, amount]", .label = "Fields sent" },
    { "bulk", ATTR_BOOL, "what one write changed goes in one call, up to 500 records", "bulk: true" },
    { 0 },
};

int webhook_events(const char *const **out)
{
    *out = events;
    return LEN(events);
}

const Webhook *app_webhook(const App *app, const char *key)
{
    for (int i = 0; i < app->nwebhook; i++)
        if (str_eq(app->webhook[i].key, key)) return &app->webhook[i];
    return NULL;
}

const struct HookForm *webhook_form(const Webhook *hook, const Form *form)
{
    for (int i = 0; i < hook->nform; i++)
        if (hook->form[i].form == form) return &hook->form[i];
    return NULL;
}

static void load_events(Cx *cx, const Node *n, Webhook *h)
{
    const Node **each;
    int count;

    h->events = n ? 0 : (1 << LEN(events)) - 1;
    ref_texts(cx, n, &each, &count);
    for (int i = 0; i < count; i++) {
        int k = 0;
        while (k < LEN(events) && !str_eq(events[k], node_text(each[i]))) k++;
        if (k < LEN(events)) h->events |= 1 << k;
        else
            ref_unknown(cx, node_place(each[i]), "unknown_event", "unknown event `%s`",
                "unknown event `%s`; did you mean `%s`?", node_text(each[i]), events, LEN(events));
    }
}

static void load_forms(Cx *cx, App *app, const Node *n, Webhook *h)
{
    const Node **each;
    int count;

    ref_texts(cx, n, &each, &count);
    h->form = ARENA_ARRAY(cx->a, struct HookForm, count + 1);
    for (int i = 0; i < count; i++) {
        const Form *f = ref_form(cx, app, each[i]);
        if (!f) continue;
        if (webhook_form(h, f))
            cx_issue(cx, node_place(each[i]), "twice", "`%s` stands here twice", f->key);
        else h->form[h->nform++] = (struct HookForm){ .form = f,
            .field = ARENA_ARRAY(cx->a, Field *, f->nfield) };
    }
}

static bool tells(const Field *x)
{
    bool stage = x->system && x->name.index == SYS_STAGE && x->form && x->form->staged;
    return stage || (!x->system && field_store(x) != STORE_NONE);
}

/* A name is that of a field in each of the forms that have one so called. */
static void load_field(Cx *cx, const Node *n, Webhook *h)
{
    bool found = false;

    for (int i = 0; i < h->nform; i++) {
        struct HookForm *of = &h->form[i];
        Field *x = form_field(of->form, node_text(n));
        if (!x || !tells(x)) continue;
        found = true;
        for (int k = 0; k < of->nfield; k++)
            if (of->field[k] == x) {
                cx_issue(cx, node_place(n), "twice", "`%s` stands here twice", x->key);
                return;
            }
        of->field[of->nfield++] = x;
    }
    if (found || !h->nform) return;
    Field *x = ref_field(cx, h->form[0].form, n);
    if (x && tells(x) && h->form[0].nfield < h->form[0].form->nfield)
        h->form[0].field[h->form[0].nfield++] = x;
    else if (x)
        cx_issue(cx, node_place(n), "no_value", "`%s` has no value that is told", x->key);
}

static void load_fields(Cx *cx, const Node *n, Webhook *h)
{
    const Node **each;
    int count;

    if (n) {
        ref_texts(cx, n, &each, &count);
        for (int i = 0; i < count; i++) load_field(cx, each[i], h);
        return;
    }
    for (int i = 0; i < h->nform; i++) {
        struct HookForm *of = &h->form[i];
        if (of->form->staged) of->field[of->nfield++] = of->form->field[SYS_STAGE];
        for (int k = of->form->nsystem; k < of->form->nfield; k++)
            if (tells(of->form->field[k]) && !field_kept(of->form->field[k]))
                of->field[of->nfield++] = of->form->field[k];
    }
}

static void load_one(Cx *cx, App *app, const Node *n, Webhook *h)
{
    *h = (Webhook){ .key = n->key };
    ref_name(cx, n, n->key, 63);
    if (!ref_map(cx, n)) {
        if (node_blank(n))
            cx_issue(cx, node_key_place(n), "no_url", "a webhook needs `url` and `forms`");
        return;
    }
    attr_check_keys(cx, n, webhook_attrs);
    node_read_text(cx, n, "url", &h->url);
    if (!h->url || !node_find(n, "forms"))
        cx_issue(cx, node_key_place(n), "no_url", "a webhook needs `url` and `forms`");
    else if (!str_starts(h->url, "https://") && !str_starts(h->url, "http://"))
        cx_issue(cx, node_place(node_find(n, "url")), "bad_url", "`url` starts with https://");
    secrets_load(cx, node_find(n, "secret"), &h->secret, &h->nsecret);
    node_read_bool(cx, n, "bulk", &h->bulk);
    load_events(cx, node_find(n, "events"), h);
    load_forms(cx, app, node_find(n, "forms"), h);
    load_fields(cx, node_find(n, "fields"), h);
}

void webhooks_load(Cx *cx, App *app)
{
    const Node *n = node_find(app->file, "webhooks");

    if (!ref_map(cx, n)) return;
    app->webhook = ARENA_ARRAY(cx->a, Webhook, n->n + 1);
    for (int i = 0; i < n->n; i++) load_one(cx, app, n->item[i], &app->webhook[app->nwebhook++]);
}
