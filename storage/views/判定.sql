SELECT j.period AS 统计周期, j.unit AS 主办单位, coalesce(j.account, j.candidate) AS 对象, j.clause AS 条款, j."check" AS 检查项,
       CASE j.result WHEN 'pass' THEN '合格' WHEN 'breach' THEN '不合格' WHEN 'unknown' THEN '未能核查'
                     WHEN 'not_applicable' THEN '不适用' ELSE '人工' END AS 判定,
       j.reason AS 原因, j.summary AS 说明
FROM judgements j ORDER BY j.period DESC, j.id
