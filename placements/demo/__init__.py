"""A believable county to try everything in: real places, invented people, the same each time.

`county` builds schools, workplaces and people; `rounds` builds two years of rounds, one in each state.
Everything is drawn from one seeded generator, and every id follows from a name, so that two machines
show the same county. Dates are counted in whole weeks from the week it is built in.
"""
