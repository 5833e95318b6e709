"""A YAML file of ours as a validated model."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class RegisterError(ValueError):
    """A register cannot be used; the message names file, record and field, and what to do."""


def load_yaml(path: Path) -> object:
    """Content of a YAML file.

    raises  RegisterError if it cannot be read or is no YAML
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError) as error:
        raise RegisterError(f"{path}: cannot be read ({error}); save it as UTF-8 text") from error
    except yaml.YAMLError as error:
        raise RegisterError(f"{path}: not valid YAML: {error}") from error


def validated(path: Path, where: str, content: object, model: type[Model]) -> Model:
    """`content` as a model.

    raises  RegisterError naming each wrong field
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'record'}: {e['msg']}" for e in error.errors())
        raise RegisterError(f"{path}: {where}{faults}") from error


def read_model(path: Path, model: type[Model]) -> Model:
    """A whole file as one model.

    raises  RegisterError
    """
    return validated(path, "", load_yaml(path), model)
