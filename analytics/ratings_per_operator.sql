-- Ratings per operator
-- What visitors answered to each rating of their surveys, by the operator who was in charge.
SELECT livechat, operator, survey, question,
       count(rating) AS answers,
       round(avg(rating), 2) AS mean,
       count(*) FILTER (WHERE rating = 1) AS ones,
       count(*) FILTER (WHERE rating = 2) AS twos,
       count(*) FILTER (WHERE rating = 3) AS threes,
       count(*) FILTER (WHERE rating = 4) AS fours,
       count(*) FILTER (WHERE rating = 5) AS fives
FROM analytics.survey_answers
WHERE audience = 'visitor' AND rating IS NOT NULL
GROUP BY livechat, operator, survey, question
ORDER BY livechat, operator, survey, question;
