/*
 * page_value.c — values as people read them: text, links, chips, a tick, rows of a subform.
 */
#include "http/page.h"
#include "base/i18n.h"
#include "data/due_stage.h"
#include "data/pending.h"
#include "http/markdown.h"
#include "def/types.h"
#include "data/record_row.h"
#include "def/types.h"

#include <string.h>

Right page_right(Work *w, const Record *r, const Field *f)
{
    if (f->whole) f = f->whole;
    if (!f->form->parent) return perm_field(w, f->form, f, r);
    return perm_field(w, f->form->parent, f->form->in, r ? r->parent : NULL);
}

static const Field *like_of(const Field *f)
{
    return f->like ? f->like : f;
}

static bool is_type(const Field *f, const char *name)
{
    return str_eq(f->type->name, name) || (f->value && str_eq(f->value->name, name));
}

static Node *add_chip(Work *w, Node *chips, const char *text, const char *color,
    const char *status)
{
    Arena *a = w->cx.a;
    Node *chip = node_add(a, chips, node_map(a));
    node_put_text(a, chip, "text", text);
    node_put_text(a, chip, "color", color);
    node_put_text(a, chip, "status", status);
    node_put_text(a, chip, "href", NULL);
    return chip;
}

/* An option with a colour is a chip, one without plain text. */
static void add_options(Work *w, Node *out, const Field *f, Val v)
{
    const Field *like = like_of(f);
    Node *chips = node_list(w->cx.a);
    int n = v.kind == VAL_LIST ? v.n : 1;

    for (int i = 0; i < n; i++) {
        const char *key = v.kind == VAL_LIST ? v.list[i].t : v.t;
        const Option *o = field_option(like, key);
        if (v.kind != VAL_LIST && (!o || !o->color)) continue;
        add_chip(w, chips, o ? label_show(&o->label, w->cx.lang, key) : key,
            o ? o->color : NULL, NULL);
    }
    if (chips->n) node_put(w->cx.a, out, "chips", chips);
}

static const char *href_of(Work *w, const Field *f, Val v, const char *text)
{
    const Names *names = f->name.type.form;
    const Form *to = names ? names->form : NULL;
    Arena *a = w->cx.a;

    if (v.kind == VAL_REC && to && !to->builtin && perm_may(w, to, ACT_READ))
        return page_href(a, to, v.i);
    if (is_type(f, "email")) return arena_printf(a, "mailto:%s", text);
    if (is_type(f, "phone")) return arena_printf(a, "tel:%s", v.t);
    if (is_type(f, "url")) return v.t;
    return NULL;
}

/* Each record by itself, with a way to it where one may go. */
static void add_linked(Work *w, Node *out, const Field *f, Val v)
{
    Node *chips = node_put(w->cx.a, out, "chips", node_list(w->cx.a));
    Show show = page_show(w);

    for (int i = 0; i < v.n; i++) {
        Str text = str_begin(w->cx.a);
        record_show(f, v.list[i], &show, &text);
        Node *chip = add_chip(w, chips, str_show(&text), NULL, NULL);
        node_put_text(w->cx.a, chip, "href", href_of(w, f, v.list[i], str_show(&text)));
    }
}

static void add_stage(Work *w, Node *out, const Record *r)
{
    if (!r->stage) return;
    Node *chips = node_put(w->cx.a, out, "chips", node_list(w->cx.a));
    add_chip(w, chips, label_show(&r->stage->label, w->cx.lang, r->stage->key), NULL,
        r->stage->status);
}

static Node *value_map(Work *w, const Field *f)
{
    static const char *const keys[] = { "text", "href", "chips", "mark", "rows", "columns", "stars",
        "items", "bare", "files", "due_word", "due_tone" };
    Arena *a = w->cx.a;
    Node *out = node_map(a);
    const FieldType *type = f->value ? f->value : f->type;
    bool is_long = is_type(f, "longtext") || is_type(f, "markdown");

    for (int i = 0; i < LEN(keys); i++) node_put(a, out, keys[i], node_new_null(a));
    node_put_text(a, out, "key", f->key);
    node_put_text(a, out, "label", field_label(f, w->cx.lang));
    node_put_text(a, out, "align", type->align);
    node_put_bool(a, out, "first", false);
    node_put_bool(a, out, "blank", false);
    node_put_bool(a, out, "pending", pending_any(w) && pending_field(w, f));
    node_put_bool(a, out, "long", is_long);
    node_put_bool(a, out, "wide", (is_long || field_is_rows(f)) && !f->width);
    return out;
}

Node *page_column(Work *w, const Field *f)
{
    return value_map(w, f);
}

typedef struct Common Common;
struct Common { const Field *field; const Node *map; Common *next; };

/* Of a list's many values each holds only what is its own. */
static Node *value_begin(Work *w, const Field *f)
{
    Common *c = w->shown;

    while (c && c->field != f) c = c->next;
    if (!c) {
        c = ARENA_NEW(w->cx.a, Common);
        *c = (Common){ f, value_map(w, f), w->shown };
        w->shown = c;
    }
    return node_map_over(w->cx.a, c->map);
}

static void add_rows(Work *w, Node *out, const Field *f, Val v)
{
    Arena *a = w->cx.a;
    const Form *child = f->rows;
    Node *columns = node_put(a, out, "columns", node_list(a));
    Node *rows = node_put(a, out, "rows", node_list(a));

    for (int k = child->nsystem; k < child->nfield; k++)
        node_add(a, columns, page_column(w, child->field[k]));
    for (int i = 0; i < v.n; i++) {
        const Record *row = v.list[i].p;
        if (!row) continue;
        Node *one = node_add(a, rows, node_map(a));
        Node *cells = node_put(a, one, "cells", node_list(a));
        for (int k = child->nsystem; k < child->nfield; k++) {
            Node *cell = page_value(w, row, child->field[k]);
            if (cell) node_add(a, cells, cell);
        }
    }
}

static void add_stars(Work *w, Node *out, const Field *f, Val v)
{
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < like_of(f)->max.i; i++) str_add(&s, i < v.i ? "★" : "☆");
    node_put_text(w->cx.a, out, "stars", str_show(&s));
}

/* Titles of links stay; how one reaches people does not when it is masked. */
static void put_shown(Work *w, Node *out, const Record *r, const Field *f, Val v)
{
    Arena *a = w->cx.a;
    Show show = page_show(w);
    const char *text = field_show(a, f, v, &show);

    node_put_text(a, out, "text", text);
    if (field_of_files(f)) node_put(a, out, "files", page_files(w, v));
    else if (str_eq(f->type->name, "stage")) add_stage(w, out, r);
    else if (v.kind == VAL_LIST && f->name.type.of == T_RECORD) add_linked(w, out, f, v);
    else if (is_type(f, "choice") || (v.kind == VAL_LIST && !field_is_parts(f)))
        add_options(w, out, f, v);
    else if (is_type(f, "markdown"))
        node_put_text(a, out, "text", markdown_plain(a, text));
    else if (is_type(f, "rating")) add_stars(w, out, f, v);
    else if (v.kind == VAL_BOOL) node_put_text(a, out, "mark", v.i ? "✓" : "–");
    else if ((text = href_of(w, f, v, text))) node_put_text(a, out, "href", text);
}

void page_stage_due(Work *w, Node *out, const Record *r)
{
    static const struct { const char *word, *tone; } shown[] = { [DUE_SOON] = { "Due soon", "s-warn" },
        [DUE_LATE] = { "Late", "s-lost" }, [DUE_PAUSED] = { "Paused", "" } };
    StageDue how = stage_due_look(w, r);
    const char *word = shown[how].word;

    node_put_text(w->cx.a, out, "due_word", word ? i18n_text(w->cx.lang, word) : NULL);
    node_put_text(w->cx.a, out, "due_tone", shown[how].tone);
}

Node *page_value(Work *w, const Record *r, const Field *f)
{
    return page_value_with(w, r, f, page_right(w, r, f));
}

Node *page_value_with(Work *w, const Record *r, const Field *f, Right right)
{
    Arena *a = w->cx.a;
    Val v = record_get(r, f);

    if (right == RIGHT_HIDDEN || f->type == &type_button) return NULL;
    Node *out = value_begin(w, f);
    if (field_is_bare(f)) {
        node_put_text(a, out, "bare", f->type->name);
        node_put_text(a, out, "text", label_show(&f->text, w->cx.lang, ""));
        if (!f->label.n) node_put_text(a, out, "label", "");
        return out;
    }
    if (f == r->form->field[SYS_STAGE_DUE] && right <= RIGHT_READONLY) page_stage_due(w, out, r);
    if (val_is_blank(v)) {
        node_put_bool(a, out, "blank", !node_text(node_find(out, "due_word")));
        node_put_text(a, out, "text", "");
    } else if (field_is_rows(f)) {
        if (v.kind == VAL_LIST) add_rows(w, out, f, v);
    } else if (right == RIGHT_MASKED) {
        Show show = page_show(w);
        node_put_text(a, out, "text", field_mask(a, f, field_show(a, f, v, &show)));
    } else {
        put_shown(w, out, r, f, v);
    }
    return out;
}

bool page_section_empty(const Section *x, const Node *fields)
{
    bool holds = false;

    for (int i = 0; i < x->nfield; i++) holds |= !field_is_bare(x->field[i]);
    for (int i = 0; holds && i < fields->n; i++) {
        const char *bare = node_text(node_find(fields->item[i], "bare"));
        if (!bare || str_eq(bare, "false")) return false;
    }
    return holds || !fields->n;
}
