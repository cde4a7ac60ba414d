/*
 * type_layout.c — heading and note: words between the fields of a form. They hold nothing, so
 * that nothing reads or writes them; conditions show and hide them as they do fields.
 */
#include "def/types.h"

static const char *const only[] = { "type", "label", "visible", NULL };

static bool layout_load(Cx *cx, Field *f, const Node *n)
{
    label_load(cx, n, "text", &f->text);
    if (!node_find(n, f->type == &type_note ? "text" : "label"))
        return cx_issue(cx, node_key_place(n), "no_text",
            f->type == &type_note ? "a note needs `text`" : "a heading needs `label`");
    return true;
}

static const FieldAttr heading_attrs[] = {
    { "text", ATTR_LABEL, "a line below it", "text: {en: As agreed, zh: 按约定}", .label = "Text" },
    { 0 },
};

static const FieldAttr note_attrs[] = {
    { "text", ATTR_LABEL, "what it says; `label` stands above it",
      "text: {en: Ask before you sign, zh: 签字前请先询问}", .flags = ATTR_NEEDED, .label = "Text" },
    { 0 },
};

const FieldType type_heading = {
    .name = "heading", .label = "Heading",
    .help = "a heading between fields", .store = STORE_NONE, .type = T_ANY,
    .attr = heading_attrs, .load = layout_load, .only = only, .not_in_rows = true,
};

const FieldType type_note = {
    .name = "note", .label = "Explanation",
    .help = "a text between fields, for those who fill the form in",
    .store = STORE_NONE, .type = T_ANY, .attr = note_attrs, .load = layout_load,
    .only = only, .not_in_rows = true,
};
