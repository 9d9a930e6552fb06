"""Short words for schemas: a field's type in a table, a minimal example, a JavaScript type."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
#: How our patterns end, so that no line end gets through; a reader of a table knows what `$` is meant to mean.
_END = r"$(?!\n)"
#: What an example shows where a pattern asks for something particular.
SAMPLES = {
    r"^[0-9a-f]{16}$(?!\n)": "3f9c0a52b71d4e68",
    r"^[A-Za-z0-9_-]{22,32}$(?!\n)": "Jx0v4s5mQnWq8b2LrT9dEg",
    r"^[a-z2-7]{8}$(?!\n)": "kq4wz7ma",
    r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)": "water",
    r"^((office/)?[A-Za-z0-9_-]{1,64})?$(?!\n)": "office/water",
}
NAMED = {
    "seat": "citizen-1",
    "ref": 7,
    "sdp": "v=0\r\n…",
    "peer": "p1",
    "pass": "…",
    "versions": [1],
    "role": "citizen",
}


def name_of(ref: str) -> str:
    return ref.rsplit("/", 1)[1]


def words(schema: Schema) -> str:
    """A type in a table, with its limits."""
    if "$ref" in schema:
        return f"[{name_of(schema['$ref'])}](#{name_of(schema['$ref']).lower()})"
    if "anyOf" in schema:
        return " or ".join(words(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " \\| ".join(f'`"{each}"`' if isinstance(each, str) else f"`{each}`" for each in schema["enum"])
    limits = []
    for key, sign in (("minimum", "≥"), ("maximum", "≤"), ("minLength", "≥"), ("maxLength", "≤"), ("minItems", "≥")):
        if key in schema and not (key == "minimum" and schema[key] == 0) and schema[key] != 2**53 - 1:
            limits.append(f"{sign} {schema[key]}" + (" characters" if key.endswith("Length") else ""))
    if "maxItems" in schema and "prefixItems" not in schema:
        limits.append(f"≤ {schema['maxItems']}")
    found = str(schema.get("type", "any"))
    if found == "array":
        if "prefixItems" in schema:
            found = "[" + ", ".join(words(each) for each in schema["prefixItems"]) + "]"
        elif isinstance(schema.get("items"), dict):
            found = f"list of {words(schema['items'])}"
    elif found == "object" and isinstance(schema.get("additionalProperties"), dict):
        found = f"object by key, of {words(schema['additionalProperties'])}"
    if "pattern" in schema and "description" not in schema:
        limits.append(f"`{schema['pattern'].replace(_END, '$')}`")
    said = [schema["description"]] if "description" in schema and "$ref" not in schema else []
    return found + (" (" + "; ".join([*said, *limits]) + ")" if said or limits else "")


def script(schema: Schema) -> str:
    """A type for JSDoc."""
    if "$ref" in schema:
        return name_of(schema["$ref"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(script(each) for each in schema["anyOf"]))
    if "oneOf" in schema:
        return " | ".join(script(each) for each in schema["oneOf"])
    if "enum" in schema:
        return " | ".join(f'"{each}"' if isinstance(each, str) else str(each) for each in schema["enum"])
    match schema.get("type"):
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null":
            return str(schema["type"])
        case "array" if "prefixItems" in schema:
            return "[" + ", ".join(script(each) for each in schema["prefixItems"]) + "]"
        case "array":
            inner = script(schema["items"]) if isinstance(schema.get("items"), dict) else "any"
            return f"Array<{inner}>"
        case "object":
            extra = schema.get("additionalProperties")
            return f"Record<string, {script(extra) if isinstance(extra, dict) and extra else 'any'}>"
        case _:
            return "any"


def example(schema: Schema, defs: dict[str, Schema], name: str = "") -> Any:
    """The smallest value that the schema takes."""
    if "$ref" in schema:
        return example(defs[name_of(schema["$ref"])], defs, name)
    if name in NAMED:
        return NAMED[name]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], defs, name)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "string":
            return SAMPLES.get(schema.get("pattern", ""), "…")
        case "integer":
            return max(int(schema.get("minimum", 0)), 1)
        case "number":
            return 1.0
        case "boolean":
            return True
        case "array":
            items = schema.get("items")
            return [example(items, defs)] if isinstance(items, dict) and schema.get("minItems", 1) else []
        case "object":
            wanted = schema.get("required", [])
            return {
                each: example(inner, defs, each)
                for each, inner in schema.get("properties", {}).items()
                if each in wanted
            }
        case _:
            return {}
