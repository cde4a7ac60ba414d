/* links: http web */
/* Templates: escaping by place, conditions, lists, parts, and what stops the start. */
#include "test_support.h"
#include "base/node_json.h"
#include "http/template.h"

#include <stdio.h>
#include <string.h>

static const char *render(Cx *c, const char *text, const char *json)
{
    Template *t = template_parse(c, "test", text);
    assert_non_null(t);
    Node *data = json_parse(c, json, strlen(json));
    assert_non_null(data);
    Str out = str_begin(c->a);
    template_run(t, data, "en", &out);
    return str_show(&out);
}

#define GIVES(text, json, want) do { \
    Arena *a_ = arena_new(); \
    Cx cx_ = cx_begin(a_, "en"); \
    assert_string_equal(render(&cx_, (text), (json)), (want)); \
    arena_free(a_); } while (0)

#define REFUSED(source, part) do { \
    Arena *a_ = arena_new(); \
    Cx cx_ = cx_begin(a_, "en"); \
    assert_null(template_parse(&cx_, "test", (source))); \
    assert_int_equal(cx_.nissue, 1); \
    assert_non_null(strstr(cx_.issue[0].text, (part))); \
    arena_free(a_); } while (0)

static void text_is_escaped(void **state)
{
    (void)state;
    GIVES("<p>{x}</p>", "{\"x\": \"<b>&\"}", "<p>&lt;b&gt;&amp;</p>");
    GIVES("<textarea>{x}</textarea>", "{\"x\": \"</textarea><b>\"}",
        "<textarea>&lt;/textarea&gt;&lt;b&gt;</textarea>");
}

static void an_attribute_cannot_be_left(void **state)
{
    (void)state;
    const char *out = render(&cx, "<p title=\"{x}\" class='{x}'>", "{\"x\": \"' \\\" onclick=a\"}");
    const char *value = strstr(out, "title=\"") + 7;
    assert_null(strstr(value, "\" onclick"));
    assert_null(strstr(strstr(out, "class='") + 7, "' onclick"));
}

static void a_url_with_a_scheme_that_runs_code_becomes_a_hash(void **state)
{
    (void)state;
    GIVES("<a href=\"{x}\">", "{\"x\": \"javascript:alert(1)\"}", "<a href=\"#\">");
    GIVES("<a href=\"{x}\">", "{\"x\": \" javascript:alert(1)\"}", "<a href=\"#\">");
    GIVES("<a href=\"{x}\">", "{\"x\": \"//other.example\"}", "<a href=\"#\">");
    GIVES("<a href=\"{x}\">", "{\"x\": \"/f/a\"}", "<a href=\"/f/a\">");
    GIVES("<a href=\"{x}\">", "{\"x\": \"mailto:a\"}", "<a href=\"mailto:a\">");
}

static void a_value_inside_a_url_is_percent_encoded(void **state)
{
    (void)state;
    GIVES("<a href=\"/f?q={x}&y={x}\">", "{\"x\": \"a&b/\\\"\"}",
        "<a href=\"/f?q=a%26b%2F%22&y=a%26b%2F%22\">");
    GIVES("<a href=\"{a}?q={x}\">", "{\"a\": \"/f\", \"x\": \"?\"}", "<a href=\"/f?q=%3F\">");
}

static void a_place_where_no_value_may_stand_is_refused(void **state)
{
    (void)state;
    REFUSED("<script>{x}</script>", "script");
    REFUSED("<style>a{b}</style>", "script or style");
    REFUSED("<!-- {x} -->", "comment");
    REFUSED("<p onclick=\"{x}\">", "attribute");
    REFUSED("<p style=\"{x}\">", "attribute");
    REFUSED("<p class={x}>", "quotes");
    REFUSED("<p {x}>", "inside a tag");
    REFUSED("<{x}>", "inside a tag");
    REFUSED("<SCRIPT type=\"module\">{x}</SCRIPT>", "script");
}

static void a_condition_compares_and_joins(void **state)
{
    (void)state;
    const char *t = "{#if a = 'x' and not b}1{:else if a != 'y' or (b and c)}2{:else}3{/if}";
    GIVES(t, "{\"a\": \"x\"}", "1");
    GIVES(t, "{\"a\": \"x\", \"b\": true}", "2");
    GIVES(t, "{\"a\": \"y\", \"b\": true, \"c\": 0}", "3");
    GIVES(t, "{\"a\": \"y\", \"b\": \"z\", \"c\": [1]}", "2");
    GIVES("{#if n}1{/if}{#if e}2{/if}{#if z}3{/if}", "{\"n\": 0, \"e\": \"\", \"z\": []}", "");
}

static void a_condition_may_stand_inside_a_tag(void **state)
{
    (void)state;
    GIVES("<input{#if r} required{/if}>", "{\"r\": true}", "<input required>");
    GIVES("<option {#if r}selected{/if}>", "{\"r\": false}", "<option >");
    REFUSED("<p{#if r} class=\"{:else}{/if}\">", "branches");
    REFUSED("{#if r}<script>{/if}", "branches");
}

static void a_list_knows_its_first_and_last(void **state)
{
    (void)state;
    GIVES("{#each l as x}{#if not x.first}, {/if}{x.index}:{x}{#if x.last}.{/if}{:else}none{/each}",
        "{\"l\": [\"a\", \"b\"]}", "0:a, 1:b.");
    GIVES("{#each l as x}{x}{:else}none{/each}", "{\"l\": []}", "none");
    GIVES("{#each l as x}{#each x.m as y}{y}{k}{/each}{/each}",
        "{\"k\": \"!\", \"l\": [{\"m\": [1, 2]}]}", "1!2!");
}

static void a_translated_text_is_filled_and_escaped(void **state)
{
    (void)state;
    GIVES("{t \"{n} <new> of {m}\" n=a m=b}", "{\"a\": \"<\", \"b\": 2}", "&lt; &lt;new&gt; of 2");
}

static void a_map_in_an_attribute_is_json(void **state)
{
    (void)state;
    GIVES("<p data-x=\"{x}\">", "{\"x\": {\"a\": 1}}", "<p data-x=\"{&quot;a&quot;:1}\">");
}

static void braces_of_other_languages_are_left_alone(void **state)
{
    (void)state;
    GIVES("<p data-x='{\"a\": 1}'>{{x}} { y }", "{}", "<p data-x='{\"a\": 1}'>{x}} { y }");
}

static void a_mistake_is_told_with_its_line(void **state)
{
    (void)state;
    assert_null(template_parse(&cx, "pages/x", "<p>\n{#if a}\n</p>"));
    assert_int_equal(cx.nissue, 1);
    assert_int_equal(cx.issue[0].at.line, 2);
    REFUSED("{/if}", "closes nothing");
    REFUSED("{#each l}{/each}", "as NAME");
    REFUSED("{a..b}", "name");
    REFUSED("<p class=\"", "inside a tag");
    REFUSED("{asset \"css/none.css\"}", "no such file");
}

static void all_shipped_templates_compile(void **state)
{
    (void)state;
    bool ok = template_init(&cx);
    for (int i = 0; i < cx.nissue; i++)
        fprintf(stderr, "%s:%d: %s\n", cx.issue[i].at.file, cx.issue[i].at.line, cx.issue[i].text);
    assert_true(ok);
}

RUN(
    T(text_is_escaped),
    T(an_attribute_cannot_be_left),
    T(a_url_with_a_scheme_that_runs_code_becomes_a_hash),
    T(a_value_inside_a_url_is_percent_encoded),
    T(a_place_where_no_value_may_stand_is_refused),
    T(a_condition_compares_and_joins),
    T(a_condition_may_stand_inside_a_tag),
    T(a_list_knows_its_first_and_last),
    T(a_translated_text_is_filled_and_escaped),
    T(a_map_in_an_attribute_is_json),
    T(braces_of_other_languages_are_left_alone),
    T(a_mistake_is_told_with_its_line),
    T(all_shipped_templates_compile)
)
