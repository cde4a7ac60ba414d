/*
 * page — the frame of every page: title, menu, who, messages, language, CSRF; and helpers that
 * turn definitions and records into the Nodes that templates show.
 *
 * What page_end shows is a map; a template's names are looked up in it from the innermost part
 * outwards, so a part's map holds every key its template asks for, blank ones too.
 */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H
#include "http/request.h"
#include "http/template.h"
#include "data/query.h"

/* A map with frame data: title, lang, languages, app, menu, user, csrf, unread, path, here,
   flash. Never fails: what cannot be read is left out. */
Node *page_begin(Work *w, const Request *q, const char *title);
/* Renders pages/NAME.html inside pages/frame.html into the response. */
bool page_end(Work *w, const Request *q, Response *r, const char *name, Node *data);

/* page_text.c: words, moments, addresses. */
/* A text of the program in the reader's language, filled in. */
const char *page_say(Work *w, const char *english, ...) PRINTF(2, 3);
/* "today 09:30", "2026-03-02 09:30": in the reader's zone. */
const char *page_moment(Work *w, int64_t at);
const char *page_day(Work *w, int64_t day);
/* How long, in the largest unit that says it well: "40 min", "5.5 h", "12.3 d"; page_hours: never days,
   for working time. */
const char *page_span(Work *w, int64_t seconds);
const char *page_hours(Work *w, int64_t seconds);
const Zone *page_zone(const Work *w);
Show page_show(Work *w);
/* path?name=value…: pairs of name and value end with NULL; a value that is NULL or "" is left
   out. */
const char *page_url(Arena *a, const char *path, ...) __attribute__((sentinel));
const char *page_href(Arena *a, const Form *f, int64_t id);          /* "/f/FORM/ID" */
const char *page_below(Arena *a, const Form *f, int64_t id, const char *what);
/* A local address that a form brought back, or `otherwise`. */
const char *page_back(const char *given, const char *otherwise);
/* title and label of a form, its list, and the crumb's record when there is one. */
void page_crumbs(Work *w, Node *page, const Form *f, const Record *r);

/* page_value.c */
/* Right on a field, of rows too: theirs is the subform's. */
Right page_right(Work *w, const Record *r, const Field *f);
/* A value as a list or record page shows it: {key, label, text, href, chips, mark, align,
   blank, long, wide, size, first, rows, columns}. Masked as it must; NULL: hidden. */
Node *page_value(Work *w, const Record *r, const Field *f);
/* Says on the page how far the computed fields of this form are, while they are being followed. */
void page_computing(Work *w, Node *page, const Form *f);
/* due_word and due_tone: is the stage the record stands in late, soon to be, paused? Both NULL when
   there is nothing to say. */
void page_stage_due(Work *w, Node *out, const Record *r);
/* The same for who has asked for the right already. */
Node *page_value_with(Work *w, const Record *r, const Field *f, Right right);
/* `width:` as wide or size, where the definition says one. */
/* {label, align, key} of a column. */
Node *page_column(Work *w, const Field *f);

/* page_field.c */
/* One field of a record as the templates in web/fields/ want it; NULL: hidden. r may be a new
   record. input: what was posted, as a body: shown again (may be NULL). at: the row in a
   subform ("items.0") or NULL. */
typedef struct FieldAsk {
    const Record *r; const Field *f;
    const Node *input;             /* the body of the record or of the row */
    const char *at;
    const Cx *issues;              /* of the failed save, or NULL */
    bool always;                   /* visible and required, whatever the definition says */
    const Node *clash;             /* keys of fields that someone else changed meanwhile, */
    const Record *now;             /* and the record as that person left it */
} FieldAsk;
Node *page_field(Work *w, const FieldAsk *ask);
/* Nothing but headings and notes is left of a section that has fields: it is not drawn. */
bool page_section_empty(const Section *x, const Node *fields);
/* A value as its control holds it; blank: "". */
const char *page_value_text(Work *w, const Field *f, Val v);
/* An empty map with every key that web/fields/ asks for. */
Node *page_field_blank(Work *w, const char *key, const char *at, const char *label,
    const char *control);
/* The issues of a failed save as [{id, label, text}], for the summary. */
Node *page_issues(Work *w, const Form *f, const Cx *failed);

/* page_choice.c */
/* {value, label, selected} into options. */
void page_option(Arena *a, Node *options, const char *value, const char *label, bool selected);
/* The template in web/fields/ that draws the field where it may be changed. */
const char *page_control(const Field *f);
/* What a choice, a link or a list may take: options, groups (of the values of `within`), path,
   more, picks, other. Nothing for other fields. */
void page_choices(Work *w, Node *out, const FieldAsk *ask);

/* page_file.c */
/* The files of a value as [{file, file_name, file_type, bytes, size, file_href, picture}]. */
Node *page_files(Work *w, Val v);
/* What the control of a file field shows besides. */
void page_file_field(Work *w, Node *out, const FieldAsk *ask);

/* page_layout.c: a form's sections, those above the tabs and those in them. Sections are maps that
   the caller filled; one without is left out, a tab without any too. */
/* Puts into page: sections [those above], tabs [{id, label, hidden, sections}]. */
void page_layout(Work *w, Node *page, const Form *f, Node *const *section);
/* " w-half": how wide a field stands in its section; "": as the section's columns say. */
const char *page_width(const Field *f);

/* page_rules.c */
/* The conditions of a form for web/js/form.js, as JSON:
   {fields: [{name, type, decimals, visible, required, readonly, formula, rows: […]}],
    sections: [tree or null], order: ["rows.sum", "total"], server: bool} */
char *page_form_rules(Work *w, const Form *f, const Record *r);
/* The values expressions may ask for, those this person may read only. */
char *page_form_record(Work *w, const Record *r);
#endif
