"""Lines about how a language model took part in an answer, in both languages."""

from __future__ import annotations

from retrieval.answer import Language
from retrieval.model import ModelFaultKind

# What happened, and what to do.
_FAULTS: dict[ModelFaultKind, tuple[str, str]] = {
    "timeout": (
        "het was niet op tijd klaar. Vraag het opnieuw, of geef het meer tijd met MENGPANEEL_LLM_SECONDS",
        "it did not finish in time. Ask again, or allow it more time with MENGPANEEL_LLM_SECONDS",
    ),
    "unreachable": (
        "het is niet te bereiken. Kijk of de dienst draait en of MENGPANEEL_LLM_URL klopt",
        "it cannot be reached. See whether the service runs and MENGPANEEL_LLM_URL is right",
    ),
    "rate_limit": (
        "het krijgt nu te veel vragen. Wacht even en vraag het opnieuw",
        "it gets too many requests now. Wait a moment and ask again",
    ),
    "not_found": (
        "de dienst kent dit model of dit adres niet. Controleer MENGPANEEL_LLM_MODEL en MENGPANEEL_LLM_URL",
        "the service does not know this model or this address. Check MENGPANEEL_LLM_MODEL and MENGPANEEL_LLM_URL",
    ),
    "key": (
        "de dienst weigert de sleutel. Controleer MENGPANEEL_LLM_KEY",
        "the service refuses the key. Check MENGPANEEL_LLM_KEY",
    ),
    "rejected": (
        "de dienst wijst het verzoek af. Controleer het adres, en of het model 8.000 tokens aankan",
        "the service turns the request down. Check the address, and whether the model can take 8,000 tokens",
    ),
    "server": (
        "de dienst meldt een storing. Vraag het later opnieuw",
        "the service reports a failure. Ask again later",
    ),
    "garbage": (
        "het antwoord was niet te lezen. Controleer MENGPANEEL_LLM_URL; het adres eindigt meestal op /v1",
        "its answer could not be read. Check MENGPANEEL_LLM_URL; the address usually ends in /v1",
    ),
    "broken_off": (
        "zijn antwoord brak halverwege af. Vraag het opnieuw",
        "its answer broke off halfway. Ask again",
    ),
    "empty": (
        "het gaf een leeg antwoord. Vraag het opnieuw of kies een ander model",
        "it gave an empty answer. Ask again or choose another model",
    ),
    "refused": (
        "het wilde deze vraag niet beantwoorden. Stel de vraag anders of kies een ander model",
        "it would not answer this question. Put the question differently or choose another model",
    ),
    "too_long": (
        "zijn antwoord hield niet op. Vraag het opnieuw of kies een ander model",
        "its answer did not end. Ask again or choose another model",
    ),
}


def fault_notice(language: Language, kind: ModelFaultKind) -> str:
    """Why the answer is not the model's, and what to do."""
    nl, en = _FAULTS[kind]
    if language == "en":
        return f"Answered without the language model: {en}."
    return f"Beantwoord zonder het taalmodel: {nl}."


def uncovered_notice(language: Language) -> str:
    """Why the answer is not the model's: the sources bear too little of it."""
    if language == "en":
        return "Answered without the language model: the sources bear too little of what it wrote."
    return "Beantwoord zonder het taalmodel: de bronnen dekken te weinig van wat het schreef."


def struck_notice(language: Language, count: int) -> tuple[str, ...]:
    """How many sentences were left out; nothing if none."""
    if not count:
        return ()
    if language == "en":
        return (f"{count} sentence{'s' * (count > 1)} left out: not supported by the sources.",)
    return (f"{count} {'zinnen' if count > 1 else 'zin'} weggelaten: niet gedekt door de bronnen.",)


def written_by(language: Language, model: str) -> str:
    """Who wrote the answer, and what was done with it."""
    if language == "en":
        return f"Written by the language model {model}; every sentence shown was checked against its sources."
    return f"Geschreven door het taalmodel {model}; elke zin die u ziet is getoetst aan zijn bronnen."
