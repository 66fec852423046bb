"""Parameter Store: what each call does."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

from awsrace.caller import ACCOUNT, Caller
from awsrace.error import AwsError, invalid
from awsrace.parameter import Parameter, Version, arn_of, must_be_name, not_found

Asked = dict[str, Any]


class ParameterStore:
    def __init__(self) -> None:
        self._all: dict[str, dict[str, Parameter]] = {}

    def answer(self, action: str, asked: Asked, caller: Caller, region: str, now: float) -> Asked:
        if action not in ACTIONS:
            raise AwsError("UnknownOperationException", f"no {action} in this stand-in")
        for name in subjects(action, asked):
            caller.must(f"ssm:{action}", "*" if name == "*" else arn_of(name.partition(":")[0], region))
        there = self._all.setdefault(region, {})
        return ACTIONS[action](there, asked, Scene(caller, region, now))


class Scene:
    """Who asks, where and when."""

    def __init__(self, caller: Caller, region: str, now: float) -> None:
        self.caller, self.region, self.now = caller, region, now


There = dict[str, Parameter]


def put(there: There, asked: Asked, scene: Scene) -> Asked:
    name, tags = asked["Name"].strip(), asked.get("Tags") or []
    must_be_name(name)
    if tags:
        scene.caller.must("ssm:AddTagsToResource", arn_of(name, scene.region))
    if tags and asked.get("Overwrite"):
        raise invalid("Invalid request: tags and overwrite can't be used together.")
    known = there.get(name)
    if known is not None and not asked.get("Overwrite"):
        raise AwsError(
            "ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        )
    parameter = known or Parameter(name, scene.region, tags={tag["Key"]: tag["Value"] for tag in tags})
    must_use_key(asked.get("KeyId"), scene, "kms:Encrypt")
    version = parameter.add(asked, scene.now, scene.caller.arn)
    there[name] = parameter
    return {"Version": version.number, "Tier": version.tier}


def get(there: There, asked: Asked, scene: Scene) -> Asked:
    name, _, selector = asked["Name"].partition(":")
    parameter = there.get(name)
    if parameter is None:
        # AWS gives no sentence here.
        raise AwsError("ParameterNotFound", "")
    version = parameter.selected(selector)
    if version is None:
        raise AwsError("ParameterVersionNotFound", not_found(name, selector))
    return {"Parameter": shown(parameter, version, asked, scene, selector)}


def get_several(there: There, asked: Asked, scene: Scene) -> Asked:
    names = asked["Names"]
    if not 1 <= len(names) <= PAGE or len(set(names)) < len(names):
        problem = f"Value at 'names' failed to satisfy constraint: Member must have length less than or equal to {PAGE}"
        raise invalid(f"1 validation error detected: {problem}")
    found, invalid_names = [], []
    for whole in sorted(names, reverse=True):
        name, _, selector = whole.partition(":")
        parameter = there.get(name)
        version = parameter.selected(selector) if parameter else None
        if parameter is None or version is None:
            invalid_names.append(whole)
        else:
            found.append(shown(parameter, version, asked, scene, selector))
    return {"Parameters": found, "InvalidParameters": invalid_names}


def get_by_path(there: There, asked: Asked, scene: Scene) -> Asked:
    path = asked["Path"].rstrip("/") + "/"
    if not path.startswith("/"):
        raise invalid(f'The parameter doesn\'t meet the parameter name requirements: "{path}"')
    below = [parameter for name, parameter in sorted(there.items()) if name.startswith(path)]
    wanted = [one for one in below if asked.get("Recursive") or "/" not in one.name[len(path) :]]
    return paged("Parameters", [shown(one, one.last, asked, scene) for one in wanted], asked)


def describe(there: There, asked: Asked, _scene: Scene) -> Asked:
    if asked.get("ParameterFilters") and "NextToken" not in asked:
        # AWS filters what it has looked through so far, which may be nothing that was asked for.
        return {"Parameters": [], "NextToken": "0"}
    wanted = [
        one for _, one in sorted(there.items()) if all(fits(one, by) for by in asked.get("ParameterFilters") or [])
    ]
    return paged("Parameters", [metadata(one, one.last) for one in wanted], asked)


def history(there: There, asked: Asked, scene: Scene) -> Asked:
    parameter = known(there, asked["Name"])
    told = [
        metadata(parameter, version)
        | {"Value": shown(parameter, version, asked, scene)["Value"], "Labels": version.labels}
        for version in parameter.versions
    ]
    return paged("Parameters", told, asked)


def delete(there: There, asked: Asked, _scene: Scene) -> Asked:
    del there[known(there, asked["Name"]).name]
    return {}


def delete_several(there: There, asked: Asked, _scene: Scene) -> Asked:
    gone = [name for name in asked["Names"] if there.pop(name, None)]
    return {"DeletedParameters": gone, "InvalidParameters": [name for name in asked["Names"] if name not in gone]}


def label(there: There, asked: Asked, _scene: Scene) -> Asked:
    parameter = known(there, asked["Name"])
    number = asked.get("ParameterVersion") or parameter.last.number
    return {"InvalidLabels": parameter.label(number, asked["Labels"]), "ParameterVersion": number}


def add_tags(there: There, asked: Asked, _scene: Scene) -> Asked:
    tagged(there, asked).tags |= {tag["Key"]: tag["Value"] for tag in asked["Tags"]}
    return {}


def remove_tags(there: There, asked: Asked, _scene: Scene) -> Asked:
    parameter = tagged(there, asked)
    for name in asked["TagKeys"]:
        parameter.tags.pop(name, None)
    return {}


def list_tags(there: There, asked: Asked, _scene: Scene) -> Asked:
    tags = tagged(there, asked).tags
    return {"TagList": [{"Key": name, "Value": value} for name, value in tags.items()]}


def known(there: There, name: str) -> Parameter:
    if name not in there:
        raise AwsError("ParameterNotFound", "")
    return there[name]


def tagged(there: There, asked: Asked) -> Parameter:
    if asked.get("ResourceType") != "Parameter" or asked["ResourceId"] not in there:
        raise AwsError("InvalidResourceId", "The resource ID isn't valid. Verify that you entered the correct ID.")
    return there[asked["ResourceId"]]


def shown(parameter: Parameter, version: Version, asked: Asked, scene: Scene, selector: str = "") -> Asked:
    value = version.value
    if version.kind == "SecureString" and asked.get("WithDecryption"):
        must_use_key(version.others["KeyId"], scene, "kms:Decrypt")
    elif version.kind == "SecureString":
        value = base64.b64encode(b"\1\2\2\0" + hashlib.sha512(value.encode()).digest()).decode()
    told = {
        "Name": parameter.name,
        "Type": version.kind,
        "Value": value,
        "Version": version.number,
        "LastModifiedDate": version.modified,
        "ARN": parameter.arn(),
        "DataType": version.others.get("DataType", "text"),
    }
    return told | ({"Selector": f":{selector}"} if selector else {})


def metadata(parameter: Parameter, version: Version) -> Asked:
    others = {name: value for name, value in version.others.items() if name != "Policies"}
    return {
        "Name": parameter.name,
        "ARN": parameter.arn(),
        "Type": version.kind,
        "LastModifiedDate": version.modified,
        "LastModifiedUser": version.by,
        "Version": version.number,
        "Tier": version.tier,
        "Policies": policies_of(version),
        "DataType": "text",
    } | others


def policies_of(version: Version) -> list[Asked]:
    policies = json.loads(version.others.get("Policies", "[]"))
    return [{"PolicyText": json.dumps(one), "PolicyType": one["Type"], "PolicyStatus": "Pending"} for one in policies]


def fits(parameter: Parameter, by: Asked) -> bool:
    option, values = by.get("Option", "Equals"), by.get("Values") or []
    match by["Key"], option:
        case "Name", "Equals":
            return parameter.name in values
        case "Name", "BeginsWith":
            return parameter.name.startswith(tuple(values))
        case "Path", _:
            rests = [parameter.name[len(path) :] for path in paths(values) if parameter.name.startswith(path)]
            return any(option == "Recursive" or "/" not in rest for rest in rests)
        case "Type", _:
            return parameter.last.kind in values
        case _:
            raise AwsError("InvalidFilterKey", f"this stand-in knows no filter {by}")


def paths(values: list[str]) -> list[str]:
    return [value.rstrip("/") + "/" for value in values]


def paged(name: str, items: list[Asked], asked: Asked) -> Asked:
    start, size = int(asked.get("NextToken") or 0), min(asked.get("MaxResults") or PAGE, 50)
    more = {"NextToken": str(start + size)} if items[start + size :] else {}
    return {name: items[start : start + size]} | more


def must_use_key(key: str | None, scene: Scene, action: str) -> None:
    if key and not key.endswith("aws/ssm"):
        whole = key if key.startswith("arn:") else f"arn:aws:kms:{scene.region}:{ACCOUNT}:key/{key}"
        scene.caller.must(action, whole, kms_ViaService=f"ssm.{scene.region}.amazonaws.com")


def subjects(action: str, asked: Asked) -> list[str]:
    """What a call needs a right on."""
    if action == "DescribeParameters":
        return ["*"]
    one = asked.get("Name") or asked.get("Path") or asked.get("ResourceId")
    return [one] if one else list(asked.get("Names") or [])


ACTIONS: dict[str, Callable[[There, Asked, Scene], Asked]] = {
    "AddTagsToResource": add_tags,
    "DeleteParameter": delete,
    "DeleteParameters": delete_several,
    "DescribeParameters": describe,
    "GetParameter": get,
    "GetParameterHistory": history,
    "GetParameters": get_several,
    "GetParametersByPath": get_by_path,
    "LabelParameterVersion": label,
    "ListTagsForResource": list_tags,
    "PutParameter": put,
    "RemoveTagsFromResource": remove_tags,
}
PAGE = 10
