/*
 * template — the only place where HTML comes from: web/pages/NAME.html, web/fields/TYPE.html.
 *
 *     {path}                text, escaped by where it stands: text, attribute value, URL
 *     {#if path}…{:else if path}…{:else}…{/if}
 *                           also: not path, path = 'x', path != other, and, or, ( )
 *     {#each list as x}…{:else}…{/each}     x.first, x.last, x.index are there too
 *     {>part}  {>part with path}    another template: pages/part.html, or fields/TYPE.html
 *     {>fields/ with f}     picks fields/ + f.control (fields/text if there is none such)
 *     {>pages/}             picks pages/ + the value of `template`: how the frame shows a page
 *     {t "English text"}    in the reader's language; {t "{n} records" n=count} fills in;
 *                           {t path} translates a value
 *     {asset "css/main.css"}        /assets/HASH/css/main.css; the file must exist
 *     {{                    a brace; a brace followed by a blank or a quote is one too
 *
 * Names are looked up from the innermost scope outwards (each variable, part's map, page), so
 * csrf and lang are seen everywhere. A map or list shown as text is its JSON: for data-…
 * attributes. A URL that a placeholder begins must be local, http(s), mailto or tel, else it
 * is "#"; a placeholder further on in a URL is percent-encoded.
 *
 * Compiled when the program starts: an unknown part, a bad path, a placeholder inside script,
 * style, a comment, an event or style attribute, a tag or an unquoted attribute stops the
 * start. What a template shows is a Node.
 */
#ifndef HTTP_TEMPLATE_H
#define HTTP_TEMPLATE_H
#include "base/node.h"

/* Compiles all templates of the embedded files (or of --web DIR, where a changed file is
   compiled again; a mistake there is logged and the page before it stays). */
MUST bool template_init(Cx *cx);
/* Renders pages/NAME.html. BUG_IF the name does not exist. */
void template_render(const char *name, const Node *data, const char *lang, Str *out);
/* For tests and print templates: compile a text, render it. Parts are taken from those of
   template_init. Lives in the arena of cx. */
typedef struct Template Template;
Template *template_parse(Cx *cx, const char *name, const char *text);
void template_run(const Template *t, const Node *data, const char *lang, Str *out);
#endif
