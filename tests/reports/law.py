"""Two invented documents and their clauses."""

from __future__ import annotations

from records import Clause, Regulation, Severity

SHORT = Clause(
    id="YL-4.2a",
    number="四（二）",
    quote="“两微一端”等政务新媒体每周更新不得少于3次",
    check="update_frequency",
    severity=Severity.RECTIFY,
    params={"at_least": 3},
    settings={"一次群发多篇按": "1 次计"},
)
SILENT = Clause(
    id="N-3",
    number="二（1）",
    quote="监测时间点前2周内无更新",
    check="zombie",
    severity=Severity.VETO,
    second_hand=True,
)
ADS = Clause(
    id="YL-4.2e",
    number="四（二）",
    quote="严禁刊登商业广告或链接商业广告页面",
    check="ads",
    severity=Severity.RECTIFY,
)
FILING = Clause(
    id="YL-2.1b",
    number="二（一）",
    quote="主办单位需在2个工作日内向县政府办公室提交备案表",
    check="filing_deadline",
    severity=Severity.RECTIFY,
)
NAMED = Clause(
    id="YL-4.1b",
    number="四（一）",
    quote="在公开认证信息中标明主办单位名称",
    check="verified_entity",
    severity=Severity.RECTIFY,
)
IMPOSTOR = Clause(
    id="YL-4.9",
    number="四（九）",
    quote="对发现的假冒政务新媒体要立即处置",
    check="impostor",
    severity=Severity.VETO,
)
LAW = {
    "yunling-2022": Regulation(
        id="yunling-2022",
        title="云岭县人民政府办公室关于规范政务新媒体管理工作的通知",
        issued="2022-03-01",
        clauses=(SHORT, ADS, FILING, NAMED, IMPOSTOR),
    ),
    "national": Regulation(id="national", title="政府网站与政务新媒体检查指标", issued="2019-04-01", clauses=(SILENT,)),
}
