/* links: data */
/* What leaves the machine: addresses that are refused, signatures, the words of each robot. */
#include "test_support.h"
#include "data/channel.h"
#include "data/guard.h"
#include "data/outward.h"
#include "data/signature.h"
#include "base/node_json.h"
#include "base/out.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool inside(const char *ip)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
    struct sockaddr_in four = { .sin_family = AF_INET };

    if (inet_pton(AF_INET, ip, &four.sin_addr) == 1) return guard_inside((struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, ip, &six.sin6_addr), 1);
    return guard_inside((struct sockaddr *)&six);
}

static void addresses_of_our_networks_are_told_from_others(void **st)
{
    (void)st;
    static const char *const in[] = { "127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1",
        "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "239.1.1.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "203.0.113.9", "::1", "::",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1",
        "64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "2001::1", "2001:db8::1",
        "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1" };
    static const char *const out[] = { "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1",
        "100.128.0.1", "169.253.1.1", "193.168.1.1", "223.255.0.1", "2606:4700::1111",
        "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1" };

    for (int i = 0; i < LEN(in); i++)
        if (!inside(in[i])) fail_msg("%s passed", in[i]);
    for (int i = 0; i < LEN(out); i++)
        if (inside(out[i])) fail_msg("%s was refused", out[i]);
    struct sockaddr_un { sa_family_t family; } local = { AF_UNIX };
    assert_true(guard_inside((struct sockaddr *)&local));
}

static void ports_of_other_services_are_odd(void **st)
{
    (void)st;
    struct sockaddr_in to = { .sin_family = AF_INET };
    static const struct { int port; bool odd; } ports[] = { { 80, 0 }, { 443, 0 }, { 8080, 0 },
        { 22, 1 }, { 25, 1 }, { 1, 1 }, { 1023, 1 }, { 1024, 0 } };

    for (int i = 0; i < LEN(ports); i++) {
        to.sin_port = htons((uint16_t)ports[i].port);
        assert_int_equal(guard_port_odd((struct sockaddr *)&to), ports[i].odd);
    }
}

/* The example of the specification. */
static void a_signature_is_that_of_the_specification(void **st)
{
    (void)st;
    static const char *const secret[] = { "other", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
    static const char id[] = "msg_p5jXN8AQM9LWM0D4loKWxJek", at[] = "1614265330",
        body[] = "{\"test\": 2432232314}",
        want[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    Arena *a = arena_new();

    assert_string_equal(signature_of(a, secret + 1, 1, id, at, body, strlen(body)), want);
    assert_true(signature_fits(a, secret, 2, id, at, body, strlen(body), "v1,abc v1a,x v1,g0hM9SsE+"
        "OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    assert_false(signature_fits(a, secret, 1, id, at, body, strlen(body), want));
    assert_false(signature_fits(a, secret, 2, id, "1614265331", body, strlen(body), want));
    assert_false(signature_fits(a, secret, 2, id, at, "{}", 2, want));
    assert_false(signature_fits(a, secret, 2, id, at, body, strlen(body), ""));
    assert_true(signature_fresh(at, 1614265330 + 300));
    assert_false(signature_fresh(at, 1614265330 + 301));
    assert_false(signature_fresh(at, 1614265330 - 301));
    assert_false(signature_fresh("", 0));
    assert_false(signature_fresh("1614265330x", 1614265330));
    arena_free(a);
}

static void headers_that_are_ours_or_break_out_are_refused(void **st)
{
    (void)st;
    assert_true(outward_header_ok("X-Token", "abc"));
    assert_true(outward_header_ok("Authorization", "Bearer x"));
    assert_false(outward_header_ok("X-Token", "abc\r\nHost: evil"));
    assert_false(outward_header_ok("X Token", "abc"));
    assert_false(outward_header_ok("", "abc"));
    assert_false(outward_header_ok("content-length", "0"));
    assert_false(outward_header_ok("Webhook-Signature", "v1,x"));
}

static const char *text_of(Arena *a, const char *format, const char *text, const char *phone)
{
    const Channel c = { .key = "team", .format = format };
    const ChannelPerson to = { 7, "Li", "li@example.com", phone };
    return node_json(a, channel_body(a, &c, text, &to, "lead", 3));
}

static void each_robot_gets_its_own_words_and_rings_the_person(void **st)
{
    (void)st;
    Arena *a = arena_new();
    assert_string_equal(text_of(a, "wecom", "hi", "+8613812345678"), "{\"msgtype\":\"text\",\"text\":"
        "{\"content\":\"hi\",\"mentioned_mobile_list\":[\"13812345678\"]}}");
    assert_string_equal(text_of(a, "wecom", "hi", NULL),
        "{\"msgtype\":\"text\",\"text\":{\"content\":\"@Li hi\"}}");
    assert_string_equal(text_of(a, "dingtalk", "hi", "+8613812345678"), "{\"msgtype\":\"text\","
        "\"text\":{\"content\":\"@13812345678 hi\"},\"at\":{\"atMobiles\":[\"13812345678\"],"
        "\"isAtAll\":false}}");
    assert_string_equal(text_of(a, "feishu", "hi", "+8613812345678"),
        "{\"msg_type\":\"text\",\"content\":{\"text\":\"@Li hi\"}}");
    assert_string_equal(node_text(node_find(channel_body(a, &(Channel){ .format = "slack" }, "a & <b>",
        &(ChannelPerson){ 7, "Li", NULL, NULL }, NULL, 0), "text")), "@Li a &amp; &lt;b&gt;");
    assert_string_equal(text_of(a, "json", "hi", NULL), "{\"text\":\"hi\",\"to\":{\"id\":7,\"name\":"
        "\"Li\",\"email\":\"li@example.com\",\"phone\":null},\"form\":\"lead\",\"record\":3}");
    Str s = str_begin(a);
    for (int i = 0; i < 1000; i++) str_add(&s, "线索");
    const char *sent = text_of(a, "wecom", str_show(&s), "+8613812345678");
    Cx c = cx_begin(a, NULL);
    const char *content = node_text(node_find(node_find(json_parse(&c, sent, strlen(sent)),
        "text"), "content"));
    assert_true(strlen(content) <= 2048 && strlen(content) > 2040);
    assert_true(str_ends(content, "…"));
    arena_free(a);
}

static void robots_that_want_signatures_get_theirs(void **st)
{
    (void)st;
    Arena *a = arena_new();
    const char *secret[] = { "SECabc" };
    Channel ding = { .format = "dingtalk", .webhook = "https://x/robot/send?access_token=t",
        .secret = secret, .nsecret = 1 };
    Channel fei = { .format = "feishu", .webhook = "https://x/hook", .secret = secret, .nsecret = 1 };
    Node *body = node_map(a);
    const char *key = "1700000000\nSECabc";

    const char *mac = signature_hmac(a, "SECabc", 6, "1700000000123\nSECabc", 20);
    Str want = str_begin(a);
    str_add(&want, "https://x/robot/send?access_token=t&timestamp=1700000000123&sign=");
    url_part(&want, mac);
    assert_string_equal(channel_address(a, &ding, 1700000000123), str_show(&want));
    assert_string_equal(channel_address(a, &fei, 1700000000123), "https://x/hook");
    channel_sign(a, &fei, body, 1700000000);
    assert_string_equal(node_text(node_find(body, "timestamp")), "1700000000");
    assert_string_equal(node_text(node_find(body, "sign")),
        signature_hmac(a, key, strlen(key), "", 0));
    arena_free(a);
}

static const char *refusal(Arena *a, const char *format, const char *answer, bool *soon)
{
    Channel c = { .format = format };
    return channel_refusal(a, &c, answer, strlen(answer), soon);
}

static void a_robot_that_answers_200_may_have_refused(void **st)
{
    (void)st;
    Arena *a = arena_new();
    bool soon;

    assert_null(refusal(a, "wecom", "{\"errcode\":0,\"errmsg\":\"ok\"}", &soon));
    assert_string_equal(refusal(a, "wecom", "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}",
        &soon), "93000 invalid webhook url");
    assert_false(soon);
    assert_non_null(refusal(a, "wecom", "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}",
        &soon));
    assert_true(soon);
    assert_non_null(refusal(a, "dingtalk", "{\"errcode\":310000,\"errmsg\":\"sign not match\"}",
        &soon));
    assert_false(soon);
    assert_non_null(refusal(a, "dingtalk", "{\"errcode\":90030,\"errmsg\":\"webhook over limit\"}",
        &soon));
    assert_true(soon);
    assert_null(refusal(a, "feishu", "{\"StatusCode\":0,\"StatusMessage\":\"success\",\"code\":0}",
        &soon));
    assert_string_equal(refusal(a, "feishu", "{\"code\":19021,\"msg\":\"sign match fail\"}", &soon),
        "19021 sign match fail");
    assert_non_null(refusal(a, "wecom", "<html>", &soon));
    assert_non_null(refusal(a, "dingtalk", "{}", &soon));
    assert_null(refusal(a, "slack", "ok", &soon));
    assert_null(refusal(a, "json", "", &soon));
    arena_free(a);
}

/* The name server of whoever owns the name, which curl asks in place of the real one. */
static int asked;

int getaddrinfo(const char *name, const char *port, const struct addrinfo *hints,
    struct addrinfo **out)
{
    struct { struct addrinfo info; struct sockaddr_in to; } *one = calloc(1, sizeof *one);

    (void)name;
    (void)hints;
    one->to = (struct sockaddr_in){ .sin_family = AF_INET,
        .sin_port = htons((uint16_t)atoi(port ? port : "0")) };
    inet_pton(AF_INET, "127.0.0.1", &one->to.sin_addr);
    asked++;
    one->info = (struct addrinfo){ .ai_family = AF_INET, .ai_socktype = SOCK_STREAM,
        .ai_protocol = IPPROTO_TCP, .ai_addr = (struct sockaddr *)&one->to,
        .ai_addrlen = sizeof one->to };
    *out = &one->info;
    return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
    free(info);
}

static int listener(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

/* What is checked is the address that is connected to, and a name is asked for once: one that changes
   its answer between a look and a call gains nothing. */
static void a_name_that_leads_inside_is_refused_and_asked_for_once(void **st)
{
    (void)st;
    Arena *a = arena_new();
    Cx own = cx_begin(a, "en");
    OutwardAnswer answer;
    int port, fd = listener(&port);
    OutwardCall call = { .url = arena_printf(a, "http://rebind.example.com:%d/", port), .body = "{}" };

    assert_false(outward_call(&own, &call, &answer));
    assert_int_equal(own.err, E_INPUT);
    assert_true(answer.refused);
    assert_int_equal(asked, 1);
    assert_int_equal(poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, 0), 0);
    close(fd);
    arena_free(a);
}

RUN(cmocka_unit_test(a_name_that_leads_inside_is_refused_and_asked_for_once),
    cmocka_unit_test(addresses_of_our_networks_are_told_from_others),
    cmocka_unit_test(ports_of_other_services_are_odd),
    cmocka_unit_test(a_signature_is_that_of_the_specification),
    cmocka_unit_test(headers_that_are_ours_or_break_out_are_refused),
    cmocka_unit_test(each_robot_gets_its_own_words_and_rings_the_person),
    cmocka_unit_test(robots_that_want_signatures_get_theirs),
    cmocka_unit_test(a_robot_that_answers_200_may_have_refused))
