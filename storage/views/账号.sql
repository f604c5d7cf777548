SELECT a.platform AS 平台, a.name AS 账号名称, u.name AS 主办单位, a.platform || ':' || a.uid AS 账号编号,
       json_extract(a.filed, '$.account_type') AS 账号类型, json_extract(a.filed, '$.status') AS 运行状态,
       datetime(a.last_post_at, '+8 hours') AS 最近更新, a.listed AS 在册
FROM accounts a JOIN units u ON u.id = a.unit_id ORDER BY a.position
