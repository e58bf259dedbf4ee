from django.db import migrations

from accounts.sql import from_file


class Migration(migrations.Migration):
    dependencies = [("placements", "0001_initial")]

    operations = [
        from_file(__file__, "same_round"),
        from_file(__file__, "slot_used"),
        from_file(__file__, "workplace_tree"),
        from_file(__file__, "manual_handling"),
    ]
