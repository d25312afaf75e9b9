"""A living demo programme, made through the operations, with dates relative to the day it is made."""
