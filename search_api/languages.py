"""What a help page must know of its language: its name, direction, dates, and a few words of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

ENGLISH: Final = "en"

_KEYS: Final = (
    "home",
    "updated",
    "contents",
    "languages",
    "missing",
    "missing_hint",
    "problem",
    "skip",
    "ask",
)
# Every language of the widget, so that nobody reads suggestions in one and the articles' frame in another.
WORDS: Final = {
    ENGLISH: (
        "Help centre",
        "Updated",
        "On this page",
        "Other languages",
        "We could not find this page",
        "It may have moved. The help centre lists everything there is.",
        "This did not work",
        "Skip to content",
        "What can we help you with?",
    ),
    "es": (
        "Centro de ayuda",
        "Actualizado",
        "En esta página",
        "Otros idiomas",
        "No hemos encontrado esta página",
        "Puede que haya cambiado de sitio. En el centro de ayuda está todo lo que hay.",
        "No ha funcionado",
        "Ir al contenido",
        "¿En qué podemos ayudarle?",
    ),
    "fr": (
        "Centre d’aide",
        "Mis à jour le",
        "Sur cette page",
        "Autres langues",
        "Nous n’avons pas trouvé cette page",
        "Elle a peut-être changé d’adresse. Le centre d’aide rassemble tout ce qui existe.",
        "Cela n’a pas fonctionné",
        "Aller au contenu",
        "Comment pouvons-nous vous aider ?",
    ),
    "pt": (
        "Central de ajuda",
        "Atualizado em",
        "Nesta página",
        "Outros idiomas",
        "Não encontramos esta página",
        "Talvez ela tenha mudado de lugar. A central de ajuda mostra tudo o que existe.",
        "Não funcionou",
        "Ir para o conteúdo",
        "Como podemos ajudar você?",
    ),
    "de": (
        "Hilfe-Center",
        "Aktualisiert am",
        "Auf dieser Seite",
        "Andere Sprachen",
        "Diese Seite haben wir nicht gefunden",
        "Vielleicht ist sie umgezogen. Im Hilfe-Center steht alles, was es gibt.",
        "Das hat nicht geklappt",
        "Zum Inhalt",
        "Wobei können wir helfen?",
    ),
    "eo": (
        "Helpejo",
        "Ĝisdatigita",
        "Sur ĉi tiu paĝo",
        "Aliaj lingvoj",
        "Ni ne trovis ĉi tiun paĝon",
        "Eble ĝi translokiĝis. En la helpejo troviĝas ĉio.",
        "Tio ne funkciis",
        "Al la enhavo",
        "Kion vi serĉas?",
    ),
    "ja": (
        "ヘルプセンター",
        "更新日",
        "このページの内容",
        "他の言語",
        "ページが見つかりません",
        "移動した可能性があります。ヘルプセンターにすべての記事の一覧があります。",
        "うまくいきませんでした",
        "本文へ移動",
        "どのようなことでお困りですか？",
    ),
    "ar": (
        "مركز المساعدة",
        "آخر تحديث",
        "في هذه الصفحة",
        "لغات أخرى",
        "لم نعثر على هذه الصفحة",
        "ربما نُقلت إلى مكان آخر. ستجد في مركز المساعدة كل المقالات.",
        "لم ينجح ذلك",
        "الانتقال إلى المحتوى",
        "كيف يمكننا مساعدتك؟",
    ),
    "zh_Hant": (
        "說明中心",
        "更新日期",
        "本頁內容",
        "其他語言",
        "找不到這個頁面",
        "頁面可能已經移動。說明中心列出了所有文章。",
        "操作未成功",
        "跳至內容",
        "需要什麼協助？",
    ),
    "zh_Hans": (
        "帮助中心",
        "更新日期",
        "本页内容",
        "其他语言",
        "找不到此页面",
        "页面可能已移动。帮助中心列出了所有文章。",
        "操作未成功",
        "跳到内容",
        "需要什么帮助？",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A locale as a page needs it; `tag` is BCP 47, `name` is in the language itself."""

    tag: str
    name: str
    direction: str
    words: MappingProxyType[str, str]

    def date(self, day: date) -> str:
        """A day as it is written out in this language."""
        return format_date(day, format="long", locale=_cldr(self.tag) or ENGLISH)


@lru_cache(maxsize=256)
def language(tag: str) -> Language:
    """Of any tag: of one that CLDR does not know, the tag is the name and the words are English."""
    known = _cldr(tag)
    name = (known and known.get_display_name()) or tag
    return Language(
        tag=tag,
        name=name[:1].upper() + name[1:],
        direction=known.text_direction if known else "ltr",
        words=MappingProxyType(dict(zip(_KEYS, _words(known), strict=True))),
    )


def _cldr(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return None


def _words(locale: Locale | None) -> tuple[str, ...]:
    if locale is None:
        return WORDS[ENGLISH]
    if locale.language == "zh":
        script = locale.script or ("Hant" if locale.territory in ("TW", "HK", "MO") else "Hans")
        return WORDS.get(f"zh_{script}", WORDS[ENGLISH])
    return WORDS.get(locale.language, WORDS[ENGLISH])
