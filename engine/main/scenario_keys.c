/*
 * scenario_keys.c — what may stand in a scenario: of the file, of who is there, of each step.
 */
#include "main/scenario.h"

#define STEP_COMMON \
    { "as", ATTR_TEXT, "the login of who does it; without it an admin", "as: ann" }, \
    { "refuse", ATTR_VALUE, "the step must fail: with a status, an issue on {field: NAME}, or a " \
      "message that contains the text", "refuse: {field: phone}" }
#define VALUES \
    { "values", ATTR_MAP, "by field; names of records, users and departments stand for them", \
      "values: {name: Ann, owner: li}" }
#define FORCE \
    { "force", ATTR_BOOL, "saves although a duplicate is warned of", "force: true" }
#define COMMENT { "comment", ATTR_TEXT, "kept in the history", "comment: Called twice" }

static const Attr create_attrs[] = {
    { "create", ATTR_FORM, "makes a record of this form", "create: customer",
      .flags = ATTR_NEEDED },
    VALUES, FORCE,
    { "name", ATTR_TEXT, "what the record is called from here on", "name: a" },
    STEP_COMMON, { 0 },
};

static const Attr update_attrs[] = {
    { "update", ATTR_TEXT, "changes this record", "update: a", .flags = ATTR_NEEDED },
    VALUES, COMMENT, FORCE, STEP_COMMON, { 0 },
};

static const Attr move_attrs[] = {
    { "transition", ATTR_TEXT, "moves this record", "transition: a", .flags = ATTR_NEEDED },
    { "to", ATTR_TEXT, "by the first transition to this stage that the person may make",
      "to: won" },
    { "name", ATTR_TEXT, "by this transition", "name: sign" },
    VALUES, COMMENT, FORCE, STEP_COMMON, { 0 },
};

static const Attr delete_attrs[] = {
    { "delete", ATTR_TEXT, "moves this record to the bin", "delete: a", .flags = ATTR_NEEDED },
    STEP_COMMON, { 0 },
};

static const Attr restore_attrs[] = {
    { "restore", ATTR_TEXT, "brings this record back", "restore: a", .flags = ATTR_NEEDED },
    STEP_COMMON, { 0 },
};

static const Attr action_attrs[] = {
    { "action", ATTR_TEXT, "runs a plugin's action on this record", "action: a",
      .flags = ATTR_NEEDED },
    { "run", ATTR_TEXT, "which action", "run: convert", .flags = ATTR_NEEDED },
    { "params", ATTR_MAP, "its parameters", "params: {role: sales}" },
    STEP_COMMON, { 0 },
};

static const Attr call_attrs[] = {
    { "web_call", ATTR_TEXT, "a web call comes for this automation, FORM.AUTOMATION", "web_call: customer.arrive",
      .flags = ATTR_NEEDED },
    { "body", ATTR_MAP, "what is sent", "body: {name: Ann}" },
    STEP_COMMON, { 0 },
};

static const Attr claim_attrs[] = {
    { "claim", ATTR_TEXT, "takes this record out of its pool", "claim: a", .flags = ATTR_NEEDED },
    STEP_COMMON, { 0 },
};

static const Attr release_attrs[] = {
    { "release", ATTR_TEXT, "puts this record into a pool", "release: a", .flags = ATTR_NEEDED },
    { "pool", ATTR_TEXT, "which one; without it the one that fits", "pool: east" },
    { "reason", ATTR_TEXT, "why", "reason: No need" },
    STEP_COMMON, { 0 },
};

static const Attr batch_attrs[] = {
    { "batch", ATTR_FORM, "makes or changes many records of this form", "batch: customer",
      .flags = ATTR_NEEDED },
    { "create", ATTR_LIST, "values of new ones", "create: [{name: Ann}, {name: Bob}]" },
    { "filter", ATTR_EXPR, "which are changed", "filter: \"name != 'Ann'\"" },
    { "set", ATTR_MAP, "to what", "set: {tier: a}" },
    STEP_COMMON, { 0 },
};

static const Attr read_attrs[] = {
    { "read", ATTR_TEXT, "looks at this record", "read: a", .flags = ATTR_NEEDED },
    VALUES,
    { "absent", ATTR_TEXTS, "fields that must not be there", "absent: [cost]" },
    STEP_COMMON, { 0 },
};

static const Attr expect_attrs[] = {
    { "expect", ATTR_TEXT, "looks at this record past permissions", "expect: a",
      .flags = ATTR_NEEDED },
    VALUES,
    { "absent", ATTR_TEXTS, "fields that must not be there", "absent: [cost]" },
    STEP_COMMON, { 0 },
};

static const Attr list_attrs[] = {
    { "list", ATTR_FORM, "looks for records of this form", "list: customer",
      .flags = ATTR_NEEDED },
    { "view", ATTR_TEXT, "of this view", "view: open" },
    { "filter", ATTR_EXPR, "for which it holds", "filter: \"owner = user('li')\"" },
    { "sort", ATTR_TEXT, "in this order", "sort: -amount" },
    { "q", ATTR_TEXT, "that a search finds", "q: ann" },
    { "count", ATTR_INT, "how many there must be", "count: 2" },
    { "records", ATTR_TEXTS, "which there must be: all of them, by name", "records: [a, b]" },
    STEP_COMMON, { 0 },
};

static const Attr dashboard_step_attrs[] = {
    { "dashboard", ATTR_TEXT, "looks at a card of this dashboard", "dashboard: sales",
      .flags = ATTR_NEEDED },
    { "card", ATTR_TEXT, "which one: its label in any language, or its number from 1", "card: Won",
      .flags = ATTR_NEEDED },
    { "filters", ATTR_MAP, "what the filters are set to; the others have their defaults",
      "filters: {period: this_year}" },
    { "value", ATTR_NUMBER, "the number it must show", "value: 300" },
    { "groups", ATTR_MAP, "the numbers of its groups, all of them: an option, a stage, a day, a "
      "title of a record", "groups: {web: 2, fair: 1}" },
    STEP_COMMON, { 0 },
};

static const Attr message_attrs[] = {
    { "expect_messages", ATTR_TEXT, "what this person was told since the start",
      "expect_messages: li", .flags = ATTR_NEEDED },
    { "contains", ATTR_TEXTS, "texts that must be among it", "contains: [\"Follow up Ann\"]" },
    { "count", ATTR_INT, "how many messages", "count: 1" },
    STEP_COMMON, { 0 },
};

static const Attr advance_attrs[] = {
    { "advance", ATTR_DURATION, "time goes on; what is due on the way fires", "advance: 2d",
      .flags = ATTR_NEEDED },
    STEP_COMMON, { 0 },
};

#define TASK_KEY(key, help, example) { key, ATTR_TEXT, help, example, .flags = ATTR_NEEDED }
#define TASK_STEP(key, help, example) TASK_KEY(key, help, example), COMMENT, STEP_COMMON
#define TO_WHOM { "to", ATTR_TEXT, "this login", "to: li", .flags = ATTR_NEEDED }

static const Attr approve_step_attrs[] = {
    TASK_STEP("approve", "consents to what this record waits for", "approve: a"), VALUES, { 0 },
};

static const Attr reject_attrs[] = {
    TASK_STEP("reject", "refuses it", "reject: a"), VALUES, { 0 },
};

static const Attr return_attrs[] = {
    TASK_STEP("return", "sends it back to be revised", "return: a"),
    { "to", ATTR_TEXT, "to this earlier stage; without it, it stays", "to: new" },
    { "straight_back", ATTR_BOOL, "asked again it comes straight back to this person, not to all",
      "straight_back: true" },
    { 0 },
};

static const Attr transfer_attrs[] = {
    TASK_KEY("transfer", "lets somebody else decide", "transfer: a"),
    TO_WHOM, COMMENT, STEP_COMMON, { 0 },
};

static const Attr add_approver_attrs[] = {
    TASK_KEY("add_approver", "has somebody else asked too", "add_approver: a"),
    TO_WHOM, COMMENT, STEP_COMMON,
    { "where", ATTR_TEXT, "before oneself (as without it), after or beside", "where: beside",
      .pattern = "^(before|after|beside)$" },
    { 0 },
};

static const Attr withdraw_attrs[] = {
    TASK_STEP("withdraw", "takes back what one asked for", "withdraw: a"), { 0 },
};

static const Attr nudge_attrs[] = {
    TASK_STEP("nudge", "reminds those who are asked", "nudge: a"), { 0 },
};

static const Attr delegate_attrs[] = {
    { "delegate", ATTR_TEXT, "this login stands in for the person", "delegate: li",
      .flags = ATTR_NEEDED },
    { "for", ATTR_DURATION, "for so long from now", "for: 7d", .flags = ATTR_NEEDED },
    STEP_COMMON, { 0 },
};

static const Attr remind_attrs[] = {
    { "remind", ATTR_TEXT, "the person wants to be reminded of this record", "remind: a",
      .flags = ATTR_NEEDED },
    { "at", ATTR_TEXT, "when", "at: 2026-03-03T10:00:00+08:00", .flags = ATTR_NEEDED },
    { "text", ATTR_TEXT, "of what", "text: Ask about the price" },
    STEP_COMMON, { 0 },
};

const AttrVariant scenario_steps[] = {
    { "batch", "many at once", batch_attrs }, { "create", "a new record", create_attrs },
    { "update", "a change", update_attrs }, { "transition", "a move", move_attrs },
    { "delete", "to the bin", delete_attrs }, { "restore", "out of it", restore_attrs },
    { "action", "a plugin's action", action_attrs }, { "web_call", "a web call that comes in", call_attrs },
    { "claim", "out of a pool", claim_attrs }, { "release", "into a pool", release_attrs }, { "read", "a look", read_attrs },
    { "list", "a search", list_attrs }, { "dashboard", "figures", dashboard_step_attrs },
    { "expect", "a look past permissions", expect_attrs },
    { "approve", "consent", approve_step_attrs }, { "reject", "no consent", reject_attrs },
    { "return", "sent back", return_attrs }, { "transfer", "somebody else decides", transfer_attrs },
    { "add_approver", "one more is asked", add_approver_attrs },
    { "withdraw", "a request taken back", withdraw_attrs }, { "nudge", "a reminder", nudge_attrs },
    { "delegate", "somebody stands in", delegate_attrs },
    { "remind", "one's own reminder", remind_attrs },
    { "expect_messages", "who was told", message_attrs }, { "advance", "time", advance_attrs },
    { 0 },
};
const int scenario_nsteps = LEN(scenario_steps) - 1;

const Attr given_attrs[] = {
    { "departments", ATTR_LIST, "values of departments, by field",
      "departments: [{name: East}, {name: East 1, parent: East}]" },
    { "users", ATTR_LIST, "values of users, by field",
      "users: [{login: li, roles: [sales], department: East}]" },
    { 0 },
};

const Attr scenario_attrs[] = {
    { "scenario", ATTR_TEXT, "what it shows", "scenario: Leads are chased" },
    { "now", ATTR_TEXT, "where the clock starts", "now: 2026-03-02T09:00:00+08:00",
      .pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}" },
    { "given", ATTR_MAP, "who is there from the start",
      "given: {users: [{login: li, roles: [sales]}]}", .of = given_attrs },
    { "steps", ATTR_LIST, "one after another", "steps: [{as: li, create: customer, values: "
      "{name: Ann}, name: a}, {expect: a, values: {name: Ann}}]", .shape = "scenario_step",
      .flags = ATTR_NEEDED },
    { 0 },
};
