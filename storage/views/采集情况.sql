SELECT datetime(c.checked_at, '+8 hours') AS 查看时间, a.platform AS 平台, a.name AS 账号名称, u.name AS 主办单位,
       CASE c.status WHEN 'complete' THEN '完整' WHEN 'partial' THEN '部分' ELSE '未能核查' END AS 结果, c.reason AS 原因,
       c.source AS 来源, datetime(c.covered_from, '+8 hours') AS 覆盖起, datetime(c.covered_to, '+8 hours') AS 覆盖止,
       c.posts_new AS 新推文, c.posts_seen AS 看到推文
FROM coverage c JOIN accounts a ON a.id = c.account_id JOIN units u ON u.id = a.unit_id ORDER BY c.id DESC
