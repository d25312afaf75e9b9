"""What the service does by itself at set times, and what it told.

Words: a *job* is due at a *slot*; a *run* is one job at one slot, made by one worker only. An *alert* is a
fact worth telling, told once per *subject* until it is *resolved*.
"""
