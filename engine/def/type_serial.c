/*
 * type_serial.c — serial: numbers given by the engine, without gap or duplicate.
 */
#include "def/form.h"
#include "def/types.h"

#include <string.h>

static const struct { const char *word; SerialKind kind; } words[] = {
    { "yyyy", SERIAL_YEAR }, { "mm", SERIAL_MONTH }, { "dd", SERIAL_DAY },
};

static void add_part(Cx *cx, Field *f, SerialPart part)
{
    f->serial = arena_grow(cx->a, f->serial, (size_t)f->nserial, (size_t)f->nserial + 1,
        sizeof part);
    f->serial[f->nserial++] = part;
}

static bool has_part(const Field *f, SerialKind kind)
{
    for (int i = 0; i < f->nserial; i++)
        if (f->serial[i].kind == kind) return true;
    return false;
}

/* {seq} or {seq:5}: its width, 0 when it is none. */
static int seq_width(const char *word)
{
    if (str_eq(word, "seq")) return 1;
    if (!str_starts(word, "seq:")) return 0;
    const char *digits = word + 4;
    if (strspn(digits, "0123456789") != strlen(digits) || strlen(digits) != 1) return 0;
    return *digits - '0';
}

/* A field's name is kept in `text` until the fields are known. */
static bool load_word(Cx *cx, Field *f, const Node *at, const char *word)
{
    SerialPart part = { .kind = SERIAL_FIELD, .text = word };
    for (int i = 0; i < LEN(words); i++)
        if (str_eq(word, words[i].word)) part.kind = words[i].kind;
    if (str_starts(word, "seq")) {
        part.kind = SERIAL_SEQ;
        part.width = seq_width(word);
        if (!part.width || has_part(f, SERIAL_SEQ))
            return cx_issue(cx, node_place(at), "bad_serial",
                "a serial's pattern has one {seq:N} with N from 1 to 9");
    }
    add_part(cx, f, part);
    return true;
}

static bool load_pattern(Cx *cx, Field *f, const Node *at)
{
    const char *p = node_text(at);
    if (!p || !*p || strlen(p) > 200)
        return cx_issue(cx, at ? node_place(at) : node_key_place(f->at), "bad_serial",
            "a serial needs a `pattern` such as \"A-{yyyy}-{seq:5}\"");
    while (*p) {
        size_t n = strcspn(p, "{}");
        if (n) add_part(cx, f, (SerialPart){ .text = arena_dup_n(cx->a, p, n) });
        p += n;
        if (!*p) break;
        n = strcspn(p, "}");
        if (*p == '}' || !p[n])
            return cx_issue(cx, node_place(at), "bad_serial",
                "the braces of `pattern` do not pair");
        if (!load_word(cx, f, at, arena_dup_n(cx->a, p + 1, n - 1))) return false;
        p += n + 1;
    }
    return has_part(f, SERIAL_SEQ) || cx_issue(cx, node_place(at), "bad_serial",
        "a serial's pattern has one {seq:N} with N from 1 to 9");
}

/* A number that starts again must show since when. */
static bool check_reset(Cx *cx, const Field *f, const Node *n)
{
    bool year = has_part(f, SERIAL_YEAR), month = has_part(f, SERIAL_MONTH),
        day = has_part(f, SERIAL_DAY);
    const char *needs = str_eq(f->reset, "year") && !year ? "{yyyy}"
        : str_eq(f->reset, "month") && !(year && month) ? "{yyyy} and {mm}"
        : str_eq(f->reset, "day") && !(year && month && day) ? "{yyyy}, {mm} and {dd}" : NULL;
    return !needs || cx_issue(cx, node_place(node_find(n, "reset")), "would_repeat",
        "numbers would repeat: with this `reset` the pattern needs %s", needs);
}

static const char *const resets[] = { "never", "year", "month", "day" };

static bool serial_load(Cx *cx, Field *f, const Node *n)
{
    if (f->form->parent) return false;
    int reset = ref_word(cx, n, "reset", resets, LEN(resets), 0);
    f->reset = reset > 0 ? resets[reset] : NULL;
    f->unique = true;
    return load_pattern(cx, f, node_find(n, "pattern")) && check_reset(cx, f, n);
}

static bool serial_link(Cx *cx, App *app, Field *f, const Node *n)
{
    (void)app;
    for (int i = 0; i < f->nserial; i++) {
        SerialPart *part = &f->serial[i];
        if (part->kind != SERIAL_FIELD) continue;
        const Node *at = node_find(n, "pattern");
        part->field = ref_field_name(cx, f->form, node_place(at), part->text);
        if (!part->field) return false;
        Store store = part->field->computed ? STORE_TEXT : part->field->type->store;
        if (store == STORE_LIST || store == STORE_ROWS || store == STORE_PARTS || part->field == f)
            return cx_issue(cx, node_place(at), "bad_serial",
                "`%s` cannot be part of a serial", part->text);
    }
    return true;
}

static const FieldAttr serial_attrs[] = {
    { "pattern", ATTR_TEXT, "{yyyy} {mm} {dd}, {field}, and once {seq:N}: N digits",
      "pattern: \"OP-{yyyy}{mm}-{seq:5}\"", .flags = ATTR_NEEDED,
      .label = "Pattern of the number" },
    { "reset", ATTR_CHOICE, "when counting starts again: never, year, month, day",
      "reset: month", ATTR_WORDS(resets) },
    { 0 },
};

const FieldType type_serial = {
    .name = "serial", .label = "Serial number",
    .help = "a number given by the engine, without gap or duplicate",
    .store = STORE_TEXT, .type = T_TEXT, .computed = true, .not_in_rows = true, .attr = serial_attrs,
    .load = serial_load, .link = serial_link, .show = text_show, .json = text_json,
};
