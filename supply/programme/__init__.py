"""What is needed: the programme, its target groups, rations, cycles, and the census they are multiplied with.

Words: a *programme* runs in *cycles*, each with distribution days from `starts_on` to `ends_on`; a *target
group* is people by age or state; a *ration* is grams of a product for one person of a group in one cycle; the
*census* counts people per site and group; the *need* of a site is people times ration, rounded up to the pack
once per site and product, the rounding shown. Opening a cycle fixes its *targets*: later changes of the
census do not change what was due.
"""
