"""Reads the law as data: regulations/*.toml -> Regulation, Clause, Case (文件、条款、示例).

One file is one regulation. Its named settings are what the wording leaves open; a parameter ``"@name"`` takes the
office's value, else the default, and reports print it as 参考值.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from records import Case, Clause, Regulation, Result, Severity

FOLDER = Path(__file__).parent / "regulations"

Value = int | str
_Word = Annotated[str, Field(min_length=1, pattern=r"\S")]


class RegulationError(ValueError):
    """A regulation file or a named setting is not as it must be; the message is a Chinese sentence naming both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A named setting (参考值): what the wording of a clause leaves open, and what is taken if the office says nothing.

    ``choices`` maps each allowed word to its Chinese meaning; without choices the value is a whole number from 1.
    """

    name: str
    default: Value
    meaning: str
    choices: Mapping[str, str] = field(default_factory=dict)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Setting(_Strict):
    default: Value
    meaning: _Word
    choices: dict[str, str] = {}
    unit: str = ""


class _Case(_Strict):
    name: _Word
    expect: str
    given: dict[str, Any]


class _Clause(_Strict):
    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*-[A-Za-z0-9.]+$")]
    number: _Word
    quote: _Word
    check: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    severity: str
    params: dict[str, int | float | str | list[str]] = {}
    second_hand: bool = False
    cases: list[_Case] = []


class _File(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: _Word
    issued: _Word
    settings: dict[str, _Setting] = {}
    clause: Annotated[list[_Clause], Field(min_length=1)]


def load_regulations(
    settings: Mapping[str, Value] | None = None, confirmed_by: str | None = None, folder: Path | None = None
) -> dict[str, Regulation]:
    """Every regulation of a folder by its id, in the order of the ids.

    Args:
        settings: The office's values of named settings; names that no file defines are left to ``named_settings``.
        confirmed_by: Who compared second-hand clauses with the original; ``None`` leaves them second-hand.
        folder: The shipped folder if ``None``.

    Raises:
        RegulationError: A file is not valid, two files disagree about a setting, or an id comes twice.
    """
    files = {path: _load_file(path) for path in sorted((folder or FOLDER).glob("*.toml"))}
    values = _values(_merged_settings(files), settings or {})
    regulations: dict[str, Regulation] = {}
    seen: dict[str, Path] = {}
    for path, file in files.items():
        for clause in file.clause:
            if clause.id in seen:
                raise RegulationError(f"{path.name}：条款 {clause.id} 在 {seen[clause.id].name} 中已经有了")
            seen[clause.id] = path
        regulations[file.id] = _regulation(path, file, values, confirmed_by)
    return regulations


def load_regulation(path: Path, settings: Mapping[str, Value] | None = None) -> Regulation:
    """The regulation of one file, such as an office's own.

    Raises:
        RegulationError: The file is not valid; the sentence names the file, the place and the reason.
    """
    file = _load_file(path)
    return _regulation(path, file, _values(_merged_settings({path: file}), settings or {}), None)


def named_settings(folder: Path | None = None) -> dict[str, Setting]:
    """Every named setting of a folder's files by its name: what ``[rules]`` may hold besides ``regulations``."""
    return _merged_settings({path: _load_file(path) for path in sorted((folder or FOLDER).glob("*.toml"))})


def _load_file(path: Path) -> _File:
    try:
        file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegulationError(f"{path.name}：不是有效的 TOML 文件（{error}）") from error
    except ValidationError as error:
        _refuse(path, error)
    if file.id != path.stem:
        raise RegulationError(f"{path.name}：文件名须与 id 一致，应为 {file.id}.toml")
    return file


_REASONS = {
    "missing": "缺少这一项",
    "string_pattern_mismatch": "写法不对",
    "too_short": "不能为空",
    "string_too_short": "不能为空",
}


def _refuse(path: Path, error: ValidationError) -> NoReturn:
    first = error.errors()[0]
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
    if first["type"] == "extra_forbidden":
        near = get_close_matches(str(first["loc"][-1]), _known_keys(), n=1)
        reason = "不认识这一项" + (f"，是否想写 {near[0]}" if near else "")
    else:
        reason = _REASONS.get(first["type"], "类型不对")
    raise RegulationError(f"{path.name}：{place} {reason}") from error


def _known_keys() -> list[str]:
    return sorted({key for model in (_File, _Clause, _Case, _Setting) for key in model.model_fields})


def _merged_settings(files: Mapping[Path, _File]) -> dict[str, Setting]:
    merged: dict[str, Setting] = {}
    for path, file in files.items():
        for name, written in file.settings.items():
            setting = Setting(name=name, default=written.default, meaning=written.meaning, choices=written.choices)
            _check_value(setting, setting.default, path.name)
            if merged.setdefault(name, setting) != setting:
                raise RegulationError(f"{path.name}：参考值 {name} 与另一文件中的同名参考值不一致")
    return merged


def _values(known: Mapping[str, Setting], given: Mapping[str, Value]) -> dict[str, Value]:
    for name in known.keys() & given.keys():
        _check_value(known[name], given[name], "[rules]")
    return {name: given.get(name, setting.default) for name, setting in known.items()}


def _check_value(setting: Setting, value: Value, place: str) -> None:
    if setting.choices:
        if value not in setting.choices:
            allowed = "、".join(f"{word}（{meaning}）" for word, meaning in setting.choices.items())
            raise RegulationError(f"{place}：参考值 {setting.name} 不能是 {value!r}，可选：{allowed}")
    elif isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise RegulationError(f"{place}：参考值 {setting.name} 须为不小于1的整数，现为 {value!r}")


def _regulation(path: Path, file: _File, values: Mapping[str, Value], confirmed_by: str | None) -> Regulation:
    clauses = tuple(_clause(path, file, clause, values, confirmed_by) for clause in file.clause)
    return Regulation(id=file.id, title=file.title, issued=file.issued, clauses=clauses)


def _clause(path: Path, file: _File, written: _Clause, values: Mapping[str, Value], confirmed_by: str | None) -> Clause:
    params: dict[str, int | float | str | tuple[str, ...]] = {}
    used: dict[str, int | str] = {}
    for name, value in written.params.items():
        if isinstance(value, str) and value.startswith("@"):
            setting = value[1:]
            if setting not in file.settings:
                raise RegulationError(f"{path.name}：条款 {written.id} 用到的参考值 {setting} 没有在 settings 中写明")
            params[name] = value = values[setting]
            shown = file.settings[setting]
            used[shown.meaning] = shown.choices.get(str(value), f"{value}{shown.unit}")
        else:
            params[name] = tuple(value) if isinstance(value, list) else value
    place = f"{path.name}：条款 {written.id}"
    return Clause(
        id=written.id,
        number=written.number,
        quote=written.quote,
        check=written.check,
        severity=_severity(place, written.severity),
        params=params,
        settings=used,
        second_hand=written.second_hand and confirmed_by is None,
        cases=tuple(_case(place, case) for case in written.cases),
    )


def _severity(place: str, word: str) -> Severity:
    if word not in list(Severity):
        raise RegulationError(f"{place} 的 severity 不能是“{word}”，可选：{'、'.join(Severity)}")
    return Severity(word)


def _case(place: str, written: _Case) -> Case:
    if written.expect not in list(Result):
        raise RegulationError(
            f"{place} 示例“{written.name}”的 expect 不能是“{written.expect}”，可选：{'、'.join(Result)}"
        )
    return Case(name=written.name, given=written.given, expect=Result(written.expect))
