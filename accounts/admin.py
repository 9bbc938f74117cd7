"""Django admin for operators of the installation."""

from django.contrib import admin

from accounts.models import Membership, Project, User


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    """Roles beside the project they are in."""

    model = Membership
    extra = 0


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Projects and their members."""

    list_display = ("name", "slug", "created_at")
    inlines = (MembershipInline,)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """People; passwords are set by reset links only."""

    list_display = ("email", "name", "is_active", "is_staff", "is_simulated")
    search_fields = ("email", "name")
    exclude = ("password", "user_permissions", "groups")
