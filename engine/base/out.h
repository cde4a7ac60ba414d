/*
 * out — writers that escape by construction: JSON, HTML text and attributes, XML, CSV cells, URLs.
 *
 * json_key takes a literal only; a key that is data goes through json_name. Commas and quotes
 * are the writer's business.
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H
#include "base/node.h"
#include "base/val.h"

typedef struct Json { Str *out; bool comma; } Json;
Json json_begin(Str *out);
void json_map(Json *j);  void json_map_end(Json *j);
void json_list(Json *j); void json_list_end(Json *j);
#define json_key(j, lit) json_name((j), "" lit "")
void json_name(Json *j, const char *key);
void json_text(Json *j, const char *text);               /* NULL gives null */
void json_int(Json *j, int64_t i);
void json_bool(Json *j, bool b);
void json_null(Json *j);
void json_raw(Json *j, const char *json);                /* already JSON, ours */
void json_val(Json *j, Val v);           /* DEC with its digits, DATE… as ISO text, REC as id */
void json_node(Json *j, const Node *n);
char *node_json(Arena *a, const Node *n);                /* the whole tree as text */

void html_text(Str *out, const char *text);              /* & < > */
void html_attr(Str *out, const char *text);              /* also " ' ` = */
/* XML 1.0, between double quotes: & < > " and white space as references; what XML cannot hold is
   U+FFFD. */
void xml_attr(Str *out, const char *text);
void url_part(Str *out, const char *text);               /* percent-encoded */
/* RFC 4180; = + - @ TAB CR at the start get a ' first. */
void csv_cell(Str *out, const char *text);
#endif
