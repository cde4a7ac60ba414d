/*
 * approve.c — the entries of `approve`.
 */
#include "def/approve.h"
#include "def/form.h"
#include "def/value.h"

static const char *const lines[] = { "managers", "departments" };

const Attr approve_attrs[] = {
    { "label", ATTR_LABEL, "what the step is called, in tasks and in the log",
      "label: {en: Discount, zh: 折扣审批}" },
    { "when", ATTR_EXPR, "asked only when it holds, for the record as it would be",
      "when: \"amount >= 200\"" },
    { "by", ATTR_PEOPLE, "who is asked", "by: \"manager_of(owner)\"", .flags = ATTR_NEEDED,
      .label = "Who is asked" },
    { "need", ATTR_TEXT, "how many of them must approve: all, any or a number; when so many cannot be "
      "reached any more, it is refused", "need: any", .pattern = "^(all|any|[1-9][0-9]*)$",
      .flags = ATTR_NUMBERED, .least = 1, .most = 1000 },
    { "in_order", ATTR_BOOL, "asks one after another", "in_order: true" },
    { "along", ATTR_CHOICE, "what line goes up from `by`: managers, as without it, or departments: their "
      "heads, from the department that `by` names or is in, one after another", "along: departments",
      ATTR_WORDS(lines) },
    { "up", ATTR_INT, "goes on up the line: so many people in all, one after another",
      "up: 3", .least = 1, .most = 100, .flags = ATTR_NUMBERED, .label = "How far up" },
    { "until", ATTR_PEOPLE, "the line ends with the first of these; without `up` it is followed until "
      "there", "until: role(boss)", .label = "Line ends with" },
    { "not_self", ATTR_BOOL, "who asks for the move is not asked", "not_self: true" },
    { "skip_decided", ATTR_BOOL, "who approved an earlier step is not asked again",
      "skip_decided: true" },
    { "beside", ATTR_BOOL, "asks together with the step before", "beside: true" },
    { "via", ATTR_TEXTS, "how those who are asked are told: channels of the app; without it the inbox. "
      "An e-mail has links to decide by when the app says its `url`", "via: [inbox, email]" },
    { "cc", ATTR_PEOPLE, "told, not asked; they may read the record", "cc: sales" },
    { "else", ATTR_TEXTS, "when there is nobody to ask: skip, refuse (as without it), or people who are "
      "asked instead", "else: skip", .label = "When nobody can be asked" },
    { "comment", ATTR_BOOL, "a decision needs a comment", "comment: true",
      .label = "Comment needed" },
    { "edit", ATTR_FIELDS, "fields that may be changed with the decision", "edit: [amount]" },
    { "require", ATTR_FIELDS, "fields that must be filled to approve, such as a signature",
      "require: [amount]" },
    { "reject_to", ATTR_TEXT, "the stage that a refused record goes to; without it, it stays",
      "reject_to: first" },
    DUE_ATTRS(approval_late_attrs),
    { 0 },
};

typedef struct Load {
    Cx *cx; App *app; Form *form;
    struct Stage *(*stage_of)(Cx *cx, void *ctx, const Node *n); void *ctx;
} Load;

static void load_need(Cx *cx, const Node *n, Approve *a)
{
    const char *word = node_text(n);
    int64_t number = 0;

    if (!n || str_eq(word, "all")) return;
    if (str_eq(word, "any")) a->need = 1;
    else if (node_int(n, &number) && number >= 1 && number <= 1000) a->need = (int)number;
    else cx_issue(cx, node_place(n), "bad_need", "`need` is all, any or a number from 1");
}

static void load_chain(const Load *l, const Node *n, Approve *a)
{
    int64_t up = 0;

    if (node_read_int(l->cx, n, "up", &up) && node_find(n, "up") && (up < 1 || up > 100))
        cx_issue(l->cx, node_place(node_find(n, "up")), "out_of_range", "`up` is 1 to 100");
    people_load(l->cx, l->app, l->form, n, "until", true, &a->until);
    int along = ref_word(l->cx, n, "along", lines, LEN(lines), 0);
    a->departments = along == 1;
    a->up = up ? (int)up : a->until.n || a->departments ? -1 : 0;
    if (node_find(n, "along") && along == 0 && !a->up)
        cx_issue(l->cx, node_key_place(node_find(n, "along")), "does_not_fit",
            "`along: managers` belongs to `up` or `until`");
    if (a->up) a->in_order = true;
}

static void load_nobody(const Load *l, const Node *n, Approve *a)
{
    const char *word = node_text(node_find(n, "else"));

    if (str_eq(word, "skip")) {
        a->nobody = NOBODY_SKIP;
    } else if (word || node_find(n, "else")) {
        if (str_eq(word, "refuse")) return;
        a->nobody = NOBODY_ASK;
        people_load(l->cx, l->app, l->form, n, "else", false, &a->instead);
    }
}

static void load_fields(const Load *l, const Node *n, const char *key, Field ***out, int *count)
{
    const Node *list = node_find(n, key);

    ref_fields(l->cx, l->form, list, out, count);
    for (int i = 0; i < *count; i++)
        if ((*out)[i]->system || (*out)[i]->computed || field_is_bare((*out)[i]))
            cx_issue(l->cx, node_place(list), "cannot_set", "`%s` cannot be set", (*out)[i]->key);
}

/* What consent must fill nobody fills when the time consents. */
static void load_due(const Load *l, const Node *n, Approve *a)
{
    due_load(l->cx, l->app, l->form, n, true, &a->due);
    for (int i = 0; i < a->due.nthen && a->nrequire; i++)
        if (a->due.then[i].kind == LATE_APPROVE)
            cx_issue(l->cx, node_place(node_find(a->due.then[i].at, "approve")), "does_not_fit",
                "nobody fills `require` when the time approves");
}

static void load_one(const Load *l, const Node *n, Approve *a)
{
    Cx *cx = l->cx;
    ExprWhere where = app_where(l->app, l->form, USE_CHECK);

    where.old = true;
    attr_check_keys(cx, n, approve_attrs);
    label_load(cx, n, "label", &a->label);
    expr_attr(cx, n, "when", where, T_BOOL, &a->when);
    if (!node_find(n, "by"))
        cx_issue(cx, node_place(n), "no_people", "an approval needs `by`, who is asked");
    people_load(cx, l->app, l->form, n, "by", true, &a->by);
    load_need(cx, node_find(n, "need"), a);
    node_read_bool(cx, n, "in_order", &a->in_order);
    load_chain(l, n, a);
    node_read_bool(cx, n, "not_self", &a->not_self);
    node_read_bool(cx, n, "skip_decided", &a->skip_decided);
    node_read_bool(cx, n, "beside", &a->beside);
    ref_channels(cx, l->app, node_find(n, "via"), &a->via, &a->nvia);
    people_load(cx, l->app, l->form, n, "cc", true, &a->cc);
    load_nobody(l, n, a);
    node_read_bool(cx, n, "comment", &a->comment);
    load_fields(l, n, "edit", &a->edit, &a->nedit);
    load_fields(l, n, "require", &a->require, &a->nrequire);
    if (node_find(n, "reject_to")) a->reject_to = l->stage_of(cx, l->ctx, node_find(n, "reject_to"));
    load_due(l, n, a);
}

bool approve_load(Cx *cx, App *app, Form *form, const Node *list,
    struct Stage *(*stage_of)(Cx *cx, void *ctx, const Node *n), void *ctx, Approve **out, int *n)
{
    Load l = { cx, app, form, stage_of, ctx };

    *n = 0;
    *out = NULL;
    if (!ref_list(cx, list)) return !list;
    *out = ARENA_ARRAY(cx->a, Approve, list->n + 1);
    for (int i = 0; i < list->n; i++) {
        if (!node_is(list->item[i], NODE_MAP)) {
            cx_issue(cx, node_place(list->item[i]), "wrong_kind",
                "an approval is a map such as {by: owner}");
            continue;
        }
        Approve *a = &(*out)[*n];
        *a = (Approve){ .index = (*n)++, .at = list->item[i] };
        load_one(&l, list->item[i], a);
    }
    return true;
}
