-- What operators write
-- Messages in their own words, how long they are, and in how many conversations.
SELECT livechat, author AS operator,
       count(*) AS messages,
       count(DISTINCT conversation) AS conversations,
       round(avg(characters), 0) AS mean_characters
FROM analytics.messages
WHERE kind = 'message' AND role = 'operator' AND phrase IS NULL
GROUP BY livechat, author
ORDER BY livechat, messages DESC, operator;
