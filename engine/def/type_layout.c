/*
 * type_layout.c — heading and note: words between the fields of a form. They hold nothing, so
 * that nothing reads or writes them; conditions show and hide them as they do fields.
 */
#include "def/types.h"

static bool layout_load(Cx *cx, Field *f, const Node *n)
{
    static const char *const known[] = { "type", "label", "visible", "text", NULL };
    node_check_keys(cx, n, known, NULL);
    label_load(cx, n, "text", &f->text);
    if (f->form->parent)
        return cx_issue(cx, node_key_place(n), "does_not_fit",
            "a %s cannot stand in a subform", f->type->name);
    if (!node_find(n, f->type == &type_note ? "text" : "label"))
        return cx_issue(cx, node_key_place(n), "no_text",
            f->type == &type_note ? "a note needs `text`" : "a heading needs `label`");
    return true;
}

static const FieldAttr heading_attrs[] = {
    { "text", ATTR_LABEL, "a line below it", "text: {en: As agreed, zh: 按约定}" },
    { 0 },
};

static const FieldAttr note_attrs[] = {
    { "text", ATTR_LABEL, "what it says; `label` stands above it",
      "text: {en: Ask before you sign, zh: 签字前请先询问}" },
    { 0 },
};

const FieldType type_heading = {
    .name = "heading", .help = "a heading between fields", .store = STORE_NONE, .type = T_ANY,
    .attr = heading_attrs, .load = layout_load,
};

const FieldType type_note = {
    .name = "note", .help = "a text between fields, for those who fill the form in",
    .store = STORE_NONE, .type = T_ANY, .attr = note_attrs, .load = layout_load,
};
