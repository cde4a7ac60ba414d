/*
 * types — what the type files share: one entry each, joined to the table in field.c.
 */
#ifndef DEF_TYPES_H
#define DEF_TYPES_H
#include "def/value.h"

extern const FieldType type_text, type_longtext, type_email, type_phone, type_url;
extern const FieldType type_number, type_money, type_percent, type_boolean;
extern const FieldType type_date, type_datetime, type_choice, type_choices;
extern const FieldType type_user, type_department, type_link;
extern const FieldType type_lookup, type_rollup, type_formula, type_serial, type_subform;
extern const FieldType type_file, type_files, type_image, type_signature;
extern const FieldType type_count, type_stage, type_workflow, type_none;

/* Types of the language that later versions bring. */
extern const char *const types_later[];
extern const int types_nlater;

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
