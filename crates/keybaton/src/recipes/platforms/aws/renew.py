"""Replaces the warm instances of «function»: Lambda does so where a function's configuration changes, here its description."""

import time

import boto3

boto3.client("lambda", region_name="«region»").update_function_configuration(
    FunctionName="«function»", Description=f"has read its ring since {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
)
