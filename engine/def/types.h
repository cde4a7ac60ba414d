/*
 * types — what the type files share: one entry each, joined to the table in field.c.
 */
#ifndef DEF_TYPES_H
#define DEF_TYPES_H
#include "def/value.h"

extern const FieldType type_text, type_longtext, type_email, type_phone, type_url;
extern const FieldType type_number, type_money, type_percent, type_boolean;
extern const FieldType type_heading, type_note, type_button;
extern const FieldType type_address, type_location;
extern const FieldType type_time, type_duration, type_rating, type_markdown;
extern const FieldType type_date, type_datetime, type_choice, type_choices, type_tags;
extern const FieldType type_user, type_department, type_link;
extern const FieldType type_users, type_departments, type_links;
extern const FieldType type_lookup, type_rollup, type_formula, type_serial, type_subform;
extern const FieldType type_file, type_files, type_image, type_signature;
extern const FieldType type_count, type_stage, type_pool, type_workflow, type_none;

/* What numbers, and those that are kept like them, do. */
bool number_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out);
void number_check(Cx *cx, const Field *f, Val v);
void number_json(const Field *f, Val v, Json *out);
/* The fields of the parts of a field of several columns. */
void parts_make(Cx *cx, Field *whole);
/* "1d 2h 30m", also -, for people; "0m" for none. */
void duration_words(int64_t seconds, Str *out);
/* options.c: `options`, `options_from`, `allow_other` and `within` of the choices. */
bool options_load(Cx *cx, Field *f, const Node *n);
bool options_bind(Cx *cx, App *app, Field *f, const Node *n);

/* decimals, unit, currency, min, max. Formulas have them too. */
bool number_attrs(Cx *cx, Field *f, const Node *n, int decimals);
/* A size such as 5MB; an issue when it is none. Absent: *out stays. */
bool size_read(Cx *cx, const Node *map, const char *key, int64_t *out);
/* Text as it came, trimmed; false after an issue when it is no text. Blank gives blank. */
bool text_input(Cx *cx, const Field *f, const Node *in, const char **out);
void text_show(const Field *f, Val v, const Show *as, Str *out);
void text_json(const Field *f, Val v, Json *out);
/* A record: id as number or text, {"id": n}. */
bool record_input(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out);
/* Several of one kind, each once, in the order given; a single one too. */
typedef bool (*ListItem)(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out);
bool list_input(Cx *cx, const Field *f, const Node *in, const Zone *zone, ListItem one, Val *out);
/* What stands between two of them. */
const char *list_comma(const Show *as);
bool records_input(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out);
void records_show(const Field *f, Val v, const Show *as, Str *out);
void links_json(const Field *f, Val v, Json *out);
void record_show(const Field *f, Val v, const Show *as, Str *out);
void link_json(const Field *f, Val v, Json *out);
/* The way phones are stored: E.164 where the digits allow it, else as typed, trimmed. NULL
   when it is no phone number at all. */
const char *phone_normal(Arena *a, const char *country, const char *text);
/* Own country's numbers without the country code. */
const char *phone_national(Arena *a, const char *country, const char *stored);
/* A phone in any spelling as its digits at home, for masks: what hides a place must find it. */
const char *phone_plain(Arena *a, const Field *f, const char *text);

/* "¥" of CNY; NULL: this currency is written by its code. */
const char *money_sign(const char *code);
#endif
