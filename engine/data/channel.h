/*
 * channel — messages as the robots of message services take them, and what these answer.
 *
 *   json      {text, to: {id, name, email, phone}, form, record}; signed as Standard Webhooks
 *   wecom     {msgtype, text: {content, mentioned_mobile_list}}; {errcode}
 *   dingtalk  {msgtype, text: {content}, at: {atMobiles}}; timestamp and sign in the address; {errcode}
 *   feishu    {timestamp, sign, msg_type, content: {text}}; {code}
 *   slack     {text}
 */
#ifndef DATA_CHANNEL_H
#define DATA_CHANNEL_H
#include "data/work.h"

typedef struct ChannelPerson { int64_t id; const char *name, *email, *phone; } ChannelPerson;
/* The message for one person of the group. */
Node *channel_body(Arena *a, const Channel *c, const char *text, const ChannelPerson *to,
    const char *form, int64_t record);
/* What is signed when it is sent: the address, and members of the body. */
const char *channel_address(Arena *a, const Channel *c, int64_t now_ms);
void channel_sign(Arena *a, const Channel *c, Node *body, int64_t now);
/* Robots answer 200 to what they refuse: the reason in their words, or NULL when they took it.
   *soon: too many at once, so it goes through a little later. */
const char *channel_refusal(Arena *a, const Channel *c, const char *answer, size_t n, bool *soon);
#endif
