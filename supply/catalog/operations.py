"""The operations on reference data that people and programs may ask for."""

from supply.catalog.save_partner import (
    SaveSupplier,
    SaveTransporter,
    SaveVehicle,
    SaveVehicleType,
    save_supplier,
    save_transporter,
    save_vehicle,
    save_vehicle_type,
)
from supply.catalog.save_place import (
    RemoveClosure,
    SaveArea,
    SaveClosure,
    SavePlace,
    SaveSettlement,
    remove_closure,
    save_area,
    save_closure,
    save_place,
    save_settlement,
)
from supply.catalog.save_product import SavePack, SaveProduct, save_pack, save_product
from supply.catalog.save_road import (
    SaveDistance,
    SaveRoadEdge,
    SaveRoadNode,
    save_distance,
    save_road_edge,
    save_road_node,
)
from supply.catalog.saving import Saved
from supply.i18n import N_
from supply.operation import Operation

OPERATIONS = (
    Operation("save-area", SaveArea, Saved, save_area, N_("Save a region, cercle or commune")),
    Operation("save-settlement", SaveSettlement, Saved, save_settlement, N_("Save a village or town")),
    Operation("save-place", SavePlace, Saved, save_place, N_("Save a store or distribution site")),
    Operation("save-product", SaveProduct, Saved, save_product, N_("Save a product")),
    Operation("save-pack", SavePack, Saved, save_pack, N_("Save a pack")),
    Operation("save-supplier", SaveSupplier, Saved, save_supplier, N_("Save a supplier")),
    Operation("save-transporter", SaveTransporter, Saved, save_transporter, N_("Save a transporter")),
    Operation("save-vehicle-type", SaveVehicleType, Saved, save_vehicle_type, N_("Save a vehicle type")),
    Operation("save-vehicle", SaveVehicle, Saved, save_vehicle, N_("Save a vehicle")),
    Operation(
        "save-road-node", SaveRoadNode, Saved, save_road_node, N_("Save a town or junction of the roads")
    ),
    Operation("save-road-edge", SaveRoadEdge, Saved, save_road_edge, N_("Save a road")),
    Operation("save-distance", SaveDistance, Saved, save_distance, N_("Save a known distance")),
    Operation("save-closure", SaveClosure, Saved, save_closure, N_("Close a place to trucks for some days")),
    Operation("remove-closure", RemoveClosure, Saved, remove_closure, N_("Take back a closure")),
)
