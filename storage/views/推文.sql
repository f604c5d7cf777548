SELECT a.platform AS 平台, a.name AS 账号名称, u.name AS 主办单位, datetime(p.published_at, '+8 hours') AS 发布时间,
       p.title AS 标题, substr(t.text, 1, 200) AS 正文摘要, p.url AS 地址, p.is_repost AS 转载, p.post_id AS 推文编号
FROM posts p JOIN accounts a ON a.id = p.account_id JOIN units u ON u.id = a.unit_id
LEFT JOIN texts t ON t.post_id = p.id ORDER BY p.published_at DESC
