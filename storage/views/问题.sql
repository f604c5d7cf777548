SELECT f.id AS 编号, f.verdict AS 核实, f."check" AS 检查项, json_extract(f.body, '$.severity') AS 程度,
       json_extract(f.body, '$.unit') AS 主办单位, coalesce(f.account, f.candidate) AS 对象,
       json_extract(f.body, '$.summary') AS 问题, json_extract(f.body, '$.due_on') AS 整改期限,
       datetime(f.first_seen_at, '+8 hours') AS 首次发现, datetime(f.last_seen_at, '+8 hours') AS 最近发现
FROM findings f ORDER BY f.last_seen_at DESC, f.id
