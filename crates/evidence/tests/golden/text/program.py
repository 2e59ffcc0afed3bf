#!/usr/bin/env python3
import csv
from inventory import rows

name, model, serial, site
asset, model, serial, host
def show(row):
    name, model, serial, site = row
    maker, model, host, tag = row
    return name, model, serial, site
asset, vendor, model, imei
